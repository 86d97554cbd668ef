#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>
#include <vector>

#include "json/document.h"
#include "json/writer.h"

namespace trailkeeper::json {
namespace {

// Makes random texts, valid ones with odd spelling.
class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::string value(int depth) {
    switch (pick(depth > 4 ? 5 : 7)) {
      case 0:
        return "null";
      case 1:
        return pick(2) == 0 ? "true" : "false";
      case 2:
        return number();
      case 3:
      case 4:
        return string();
      case 5:
        return array(depth);
      default:
        return object(depth);
    }
  }

  int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

 private:
  std::string space() {
    static const char* const kSpaces[] = {"", "", "", " ", "\n\t", "\r\n"};
    return kSpaces[pick(6)];
  }

  std::string number() {
    std::string out = pick(3) == 0 ? "-" : "";
    out += pick(4) == 0 ? "0" : std::to_string(1 + random_() % 1'000'000);
    if (pick(3) == 0) out += "." + std::to_string(random_() % 1000);
    if (pick(4) == 0) out += (pick(2) == 0 ? "e" : "E+") + std::to_string(pick(200));
    return out;
  }

  std::string string() {
    static const char* const kPieces[] = {"a",
                                          "xyz",
                                          "\\n",
                                          "\\u0041",
                                          "\xc3\xa9",
                                          "\\\"",
                                          "\\\\",
                                          "\\/",
                                          "\\ud83d\\ude00",
                                          "\xf0\x9f\x98\x80",
                                          "\\u001f",
                                          "0123456789abcdefghij",
                                          "\x7f",
                                          "\\u00e9",
                                          " "};
    std::string out = "\"";
    for (int i = pick(8); i > 0; --i) out += kPieces[pick(15)];
    return out + "\"";
  }

  std::string array(int depth) {
    std::string out = "[" + space();
    for (int i = pick(5); i > 0; --i) {
      out += value(depth + 1) + space();
      if (i > 1) out += "," + space();
    }
    return out + "]";
  }

  std::string object(int depth) {
    std::string out = "{" + space();
    for (int i = pick(5); i > 0; --i) {
      // Numbered, so that no two are equal.
      std::string key = string();
      key.insert(1, std::to_string(i) + "_");
      out += key + space() + ":" + space() + value(depth + 1) + space();
      if (i > 1) out += "," + space();
    }
    return out + "}";
  }

  std::mt19937 random_;
};

std::string rendered(Node node) {
  std::string out;
  append(out, node);
  return out;
}

bool same(Node a, Node b) {
  if (a.type() != b.type() || a.size() != b.size() || a.text() != b.text() ||
      a.boolean() != b.boolean())
    return false;
  auto i = a.begin();
  for (const Node item : b) {
    if ((*i).key() != item.key() || !same(*i, item)) return false;
    ++i;
  }
  return i == a.end();
}

TEST(DocumentProperty, AppendIsStable) {
  Maker maker(20261122);
  Document first;
  Document second;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = maker.value(0);
    const auto parsed = first.parse(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    const std::string once = rendered(*parsed);
    const auto again = second.parse(once);
    ASSERT_TRUE(again) << once;
    ASSERT_TRUE(same(*parsed, *again)) << text;
    ASSERT_EQ(rendered(*again), once);
  }
}

// A second reader of the same grammar: what it takes and we call malformed, or the other way round,
// is a fault.
TEST(DocumentProperty, AgreesWithAnotherParserOnDamagedTexts) {
  Maker maker(7);
  Document document;
  simdjson::dom::parser other;
  int refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string text = maker.value(0);
    static constexpr char kBytes[] = "\"\\{}[]:,0-.eEu \n\0t\xc3\xff\x80z";
    for (int edits = maker.pick(3); edits > 0 && !text.empty(); --edits) {
      const auto place = static_cast<std::size_t>(maker.pick(static_cast<int>(text.size())));
      const char byte = kBytes[maker.pick(sizeof kBytes - 1)];
      const int kind = maker.pick(3);
      if (kind == 0) text[place] = byte;
      if (kind == 1) text.insert(place, 1, byte);
      if (kind == 2) text.erase(place, 1);
    }
    const auto ours = document.parse(text);
    const auto theirs = other.parse(text).error();
    if (ours) {
      // It reads whole numbers into 64 bits and refuses the others.
      const bool number = theirs == simdjson::NUMBER_ERROR;
      ASSERT_TRUE(theirs == simdjson::SUCCESS || number)
          << text << ": " << simdjson::error_message(theirs);
    } else {
      ++refused;
      const std::string& code = ours.error().code;
      if (code == "malformed_json" || code == "invalid_utf8") {
        ASSERT_NE(theirs, simdjson::SUCCESS) << text << ": " << ours.error().message;
      }
    }
  }
  EXPECT_GT(refused, 10'000);
}

RC_GTEST_PROP(DocumentProperty, NeverFailsOtherwiseThanByAnError, (const std::string& bytes)) {
  Document document;
  const auto parsed = document.parse(bytes);
  if (!parsed) RC_ASSERT(parsed.error().kind == ErrorKind::invalid);
}

RC_GTEST_PROP(WriterProperty, WhatIsWrittenReadsBack, ()) {
  const auto points = *rc::gen::container<std::u32string>(
      rc::gen::oneOf(rc::gen::inRange<char32_t>(1, 0x80), rc::gen::inRange<char32_t>(0x80, 0xd800),
                     rc::gen::inRange<char32_t>(0xe000, 0x110000)));
  std::string text;
  for (const char32_t c : points) {
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
    } else if (c < 0x10000) {
      text += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
               static_cast<char>(0x80 | (c & 0x3f))};
    } else {
      text += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)),
               static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
    }
  }
  std::string out;
  append_string(out, text);
  Document document;
  const auto parsed = document.parse(out);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(std::string(parsed->text()) == text);
  std::string lossy;
  append_string_lossy(lossy, text);
  RC_ASSERT(lossy == out);
}

}  // namespace
}  // namespace trailkeeper::json
