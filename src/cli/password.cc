#include "password.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace trailkeeper::cli {
namespace {

std::string read_line() {
  std::string line;
  std::getline(std::cin, line);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string ask(const char* question) {
  std::fputs(question, stderr);
  termios shown{};
  if (tcgetattr(STDIN_FILENO, &shown) != 0) return read_line();
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string line = read_line();
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  std::fputs("\n", stderr);
  return line;
}

}  // namespace

Result<std::string> read_password() {
  if (isatty(STDIN_FILENO) == 0) return read_line();
  std::string first = ask("Password: ");
  if (ask("Again: ") == first) return first;
  return Error{ErrorKind::invalid, "password", "the two passwords are not the same"};
}

}  // namespace trailkeeper::cli
