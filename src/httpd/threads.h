#pragma once

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

namespace trailkeeper::httpd {

// Starts a named thread that takes no signals: those belong to whoever runs the process.
template <typename Function>
std::thread start_thread(const char* name, Function function) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(function));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), name);
  return thread;
}

}  // namespace trailkeeper::httpd
