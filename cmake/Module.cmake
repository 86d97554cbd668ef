# The only way to declare a module. One call says where it stands, what others may see of it and whom it may use;
# configuration stops on an undeclared neighbour, a higher layer or an unknown argument, so a cycle cannot be written.
#
#   add_module(name LAYER layer
#     HEADERS include/name/a.h ...       public headers, each must compile alone
#     SOURCES a.cc ...                   private sources
#     DEPS m ...                         modules whose headers our public headers use
#     PRIVATE_DEPS m ...                 modules that only our sources use
#     THIRD_PARTY target ...             outside libraries; linked privately, never seen by users of the module
#     TESTING testing/fake_x.h ...       fakes of this module's ports, as module <name>_testing, for tests only
#     TESTS tests/a_test.cc ...          one program <name>_test, nothing needed
#     CHTESTS / S3TESTS ...              programs <name>_chtest (embedded engine), <name>_s3test (radosgw)
#     TEST_DEPS m ...)                   further modules (or <m>_testing) that the tests use
#
#   add_program(name MODULE module SOURCES ... OUTPUT file)   an executable in build/bin, of an app module;
#                                                             the target `programs` builds all of them

set_property(GLOBAL PROPERTY MODULE_LAYERS base kit domain store service api app)
set_property(GLOBAL PROPERTY MODULE_GRAPH "")

function(module_layer_index layer out)
  get_property(layers GLOBAL PROPERTY MODULE_LAYERS)
  list(FIND layers "${layer}" index)
  if(index EQUAL -1)
    message(FATAL_ERROR "LAYER must be one of ${layers}, not '${layer}'")
  endif()
  set(${out} ${index} PARENT_SCOPE)
endfunction()

function(check_module_deps name layer_index)
  foreach(dep IN LISTS ARGN)
    if(NOT TARGET ${dep})
      message(FATAL_ERROR "${name} -> ${dep}: ${dep} is not declared yet (a cycle, or the wrong order)")
    endif()
    get_target_property(theirs ${dep} MODULE_LAYER_INDEX)
    if(theirs GREATER layer_index)
      message(FATAL_ERROR "${name} may not depend on ${dep}: it stands in a higher layer")
    endif()
  endforeach()
endfunction()

function(add_module name)
  cmake_parse_arguments(M "" "LAYER"
    "HEADERS;SOURCES;DEPS;PRIVATE_DEPS;THIRD_PARTY;TESTING;TESTS;CHTESTS;S3TESTS;TEST_DEPS" ${ARGN})
  if(M_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_module(${name}): unknown arguments ${M_UNPARSED_ARGUMENTS}")
  endif()
  module_layer_index("${M_LAYER}" index)
  check_module_deps(${name} ${index} ${M_DEPS} ${M_PRIVATE_DEPS})

  if(M_SOURCES)
    add_library(${name} STATIC ${M_SOURCES})
    set(visibility PUBLIC)
    target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${M_DEPS} PRIVATE ${M_PRIVATE_DEPS} ${M_THIRD_PARTY})
  else()
    add_library(${name} INTERFACE)
    set(visibility INTERFACE)
    target_link_libraries(${name} INTERFACE ${M_DEPS})
  endif()
  if(M_HEADERS)
    target_sources(${name} ${visibility} FILE_SET HEADERS BASE_DIRS include FILES ${M_HEADERS})
    set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
  set_target_properties(${name} PROPERTIES MODULE_LAYER_INDEX ${index})
  string(JOIN "," listed ${M_DEPS} ${M_PRIVATE_DEPS})
  string(JOIN "," test_listed ${M_TEST_DEPS})
  set_property(GLOBAL APPEND_STRING PROPERTY MODULE_GRAPH "${name}|${M_LAYER}|${listed}|${test_listed}\n")

  if(M_TESTING)
    set(testing_sources ${M_TESTING})
    list(FILTER testing_sources INCLUDE REGEX "\\.cc$")
    if(testing_sources)
      add_library(${name}_testing STATIC EXCLUDE_FROM_ALL ${testing_sources})
      target_include_directories(${name}_testing PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
      target_link_libraries(${name}_testing PUBLIC ${name} ${M_TEST_DEPS})
    else()
      add_library(${name}_testing INTERFACE)
      target_include_directories(${name}_testing INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
      target_link_libraries(${name}_testing INTERFACE ${name})
    endif()
    set_target_properties(${name}_testing PROPERTIES MODULE_LAYER_INDEX ${index})
  endif()
  add_module_tests(${name} test "unit" "${M_TESTS}" "${M_TEST_DEPS}")
  add_module_tests(${name} chtest "engine" "${M_CHTESTS}" "${M_TEST_DEPS}")
  add_module_tests(${name} s3test "s3" "${M_S3TESTS}" "${M_TEST_DEPS}")
endfunction()

# One program per kind of test; its cases are found when ctest runs, so building needs no running of it.
function(add_module_tests name suffix label sources deps)
  if(NOT sources)
    return()
  endif()
  set(target ${name}_${suffix})
  add_executable(${target} ${sources})
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${name} ${deps} GTest::gtest GTest::gmock GTest::gtest_main)
  if(TARGET ${name}_testing)
    target_link_libraries(${target} PRIVATE ${name}_testing)
  endif()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(suffix STREQUAL "s3test")
    # One process for all cases: it starts radosgw once.
    add_test(NAME ${target} COMMAND ${target})
    set_tests_properties(${target} PROPERTIES LABELS ${label} TIMEOUT 600)
  else()
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${label} TIMEOUT 300)
  endif()
  set_property(GLOBAL APPEND PROPERTY TEST_PROGRAMS ${target})
endfunction()

function(add_program name)
  cmake_parse_arguments(P "" "MODULE;OUTPUT" "SOURCES;DEPS" ${ARGN})
  if(P_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "add_program(${name}): unknown arguments ${P_UNPARSED_ARGUMENTS}")
  endif()
  add_executable(${name} ${P_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${P_MODULE} ${P_DEPS})
  set_target_properties(${name} PROPERTIES
    OUTPUT_NAME ${P_OUTPUT} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  if(NOT TARGET programs)
    add_custom_target(programs COMMENT "Everything in build/bin")
  endif()
  add_dependencies(programs ${name})
endfunction()

# Written at the end of configuration for the include checker: "module|layer|deps|test deps" a line.
function(write_module_graph)
  get_property(graph GLOBAL PROPERTY MODULE_GRAPH)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/modules.txt CONTENT "${graph}")
endfunction()
