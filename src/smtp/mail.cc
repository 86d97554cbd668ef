#include "smtp/mail.h"

#include <algorithm>

#include "encode.h"

namespace trailkeeper::smtp {

namespace {

// "=_" cannot occur in quoted-printable, so no part can contain it.
constexpr std::string_view kBoundary = "=_alternative";
constexpr std::size_t kLineMax = 998;

Error bad_header(std::string_view name) {
  return {ErrorKind::invalid, "bad_header",
          "the header " + std::string(name.substr(0, 60)) + " of the mail cannot be sent"};
}

Error bad_address() {
  return {ErrorKind::invalid, "bad_address", "this is not one mail address: name@host"};
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
}

// Dot-atom at domain (RFC 5321 section 4.1.2), without quoted local parts and address literals.
bool is_address(std::string_view address) {
  auto at = address.find('@');
  if (address.size() > 254 || at == 0 || at == std::string_view::npos || at > 64) return false;
  if (address.find('@', at + 1) != std::string_view::npos || at + 1 == address.size()) return false;
  if (address.find("..") != std::string_view::npos || address.front() == '.' ||
      address.back() == '.' || address[at - 1] == '.' || address[at + 1] == '.') {
    return false;
  }
  return std::all_of(address.begin(), address.end(), [](char c) {
    bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.@").find(c) != std::string_view::npos;
  });
}

struct Mailbox {
  std::string_view name;
  std::string_view address;
};

Result<Mailbox> parse_mailbox(std::string_view text) {
  if (has_control(text)) return bad_address();
  text = trim(text);
  Mailbox mailbox{{}, text};
  if (text.ends_with('>')) {
    auto open = text.rfind('<');
    if (open == std::string_view::npos) return bad_address();
    mailbox.name = trim(text.substr(0, open));
    mailbox.address = text.substr(open + 1, text.size() - open - 2);
    if (mailbox.name.size() >= 2 && mailbox.name.front() == '"' && mailbox.name.back() == '"') {
      mailbox.name = mailbox.name.substr(1, mailbox.name.size() - 2);
    }
  }
  if (!is_address(mailbox.address) || mailbox.name.size() > 200 ||
      mailbox.name.find_first_of("<>") != std::string_view::npos) {
    return bad_address();
  }
  return mailbox;
}

Result<std::string> render_mailbox(std::string_view text) {
  auto mailbox = TRY(parse_mailbox(text));
  std::string address(mailbox.address);
  if (mailbox.name.empty()) return address;
  return display_name(mailbox.name, std::string_view("From: ").size()) + "\r\n <" + address + ">";
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != ':';
  });
}

// These are ours: a second one would make the message ambiguous.
bool is_reserved(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  for (std::string_view own :
       {"date", "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id",
        "mime-version", "auto-submitted", "content-type", "content-transfer-encoding"}) {
    if (name == own) return true;
  }
  return false;
}

// ASCII values are folded at their blanks and stay readable for machines; others become encoded
// words.
Result<std::string> extra_header(const std::string& name, const std::string& value) {
  if (!is_header_name(name) || is_reserved(name) || has_control(value)) return bad_header(name);
  bool ascii = std::all_of(value.begin(), value.end(), [](char c) { return c > 0; });
  if (!ascii) return name + ": " + encoded_words(value, name.size() + 2) + "\r\n";
  std::string out = name + ":";
  std::size_t column = out.size();
  std::string_view left = trim(value);
  while (!left.empty()) {
    auto end = std::min(left.find(' '), left.size());
    if (end > kLineMax - 80) return bad_header(name);
    if (column + 1 + end > 76 && column > name.size() + 1) {
      out += "\r\n";
      column = 0;
    }
    out += ' ';
    out += left.substr(0, end);
    column += 1 + end;
    left = trim(left.substr(end));
  }
  return out + "\r\n";
}

bool is_message_id(std::string_view id) {
  auto at = id.find('@');
  return id.size() <= 200 && at != 0 && at != std::string_view::npos && at + 1 < id.size() &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != '"';
         });
}

std::string part(std::string_view type, std::string_view content) {
  std::string out = "Content-Type: " + std::string(type) + "; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return out + quoted_printable(content);
}

std::string body(const Mail& mail) {
  if (mail.html.empty()) return part("text/plain", mail.text);
  std::string boundary(kBoundary);
  std::string out =
      "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  out += "--" + boundary + "\r\n" + part("text/plain", mail.text);
  out += "--" + boundary + "\r\n" + part("text/html", mail.html);
  return out + "--" + boundary + "--\r\n";
}

// RFC 5322 section 3.3 writes the zone as a number.
std::string mail_date(Timestamp date) {
  auto text = format_http_date(date);
  return text.substr(0, text.size() - 3) + "+0000";
}

}  // namespace

Result<std::string> address_of(std::string_view mailbox) {
  return std::string(TRY(parse_mailbox(mailbox)).address);
}

Result<std::string> render_mime(const Mail& mail, std::string_view from, Timestamp date,
                                std::string_view message_id) {
  if (has_control(mail.subject) || mail.subject.size() > 2000) return bad_header("Subject");
  if (!is_message_id(message_id)) return bad_header("Message-ID");
  std::string out = "Date: " + mail_date(date) + "\r\n";
  out += "From: " + TRY(render_mailbox(from)) + "\r\n";
  out += "To: " + TRY(render_mailbox(mail.to)) + "\r\n";
  out += "Subject: " + header_text(mail.subject, std::string_view("Subject: ").size()) + "\r\n";
  out += "Message-ID: <" + std::string(message_id) + ">\r\n";
  // RFC 3834: no out-of-office answers to us.
  out += "Auto-Submitted: auto-generated\r\n";
  for (const auto& [name, value] : mail.headers) out += TRY(extra_header(name, value));
  out += "MIME-Version: 1.0\r\n";
  return out + body(mail);
}

}  // namespace trailkeeper::smtp
