#include "notify/mails.h"
#include "settings/orgs.h"
#include "settings/people.h"

// Mails about deliveries to buckets.
namespace trailkeeper::notify {
namespace {

constexpr std::size_t kPage = 200;
constexpr std::size_t kReadersMax = 1000;

std::string moment(Timestamp time) {
  const std::string text = format_rfc3339_seconds(time);
  return text.substr(0, 10) + " " + text.substr(11, 8) + " UTC";
}

Result<std::vector<std::string>> admins_of(settings::WriteTx& tx, const OrgId& org) {
  std::vector<std::string> addresses;
  std::optional<Uuid> after;
  for (;;) {
    const auto members = TRY(settings::list_members(tx, org, after, kPage));
    for (const settings::Member& member : members) {
      const bool admin =
          member.role == settings::Role::primary_admin || member.role == settings::Role::admin;
      if (admin && !member.person.disabled) addresses.push_back(member.person.email);
    }
    if (members.size() < kPage || addresses.size() >= kReadersMax) return addresses;
    after = members.back().person.id;
  }
}

std::string paragraph(std::string_view text) {
  return text.empty() ? "" : "<p>" + escape_html(text) + "</p>\n";
}

Content render(std::string subject, const std::vector<std::string>& lines, std::string_view org,
               std::string_view link, std::string_view link_text) {
  Content content;
  content.subject = std::move(subject);
  for (const std::string& line : lines) {
    content.text += line + "\n";
    content.html += paragraph(line);
  }
  const std::string why =
      "You get this mail because you are an admin of " + std::string(org) + ", once a day at most.";
  content.text += "\n" + std::string(link) + "\n\n" + why + "\n";
  content.html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                 escape_html(content.subject) +
                 "</title></head>\n<body "
                 "style=\"font-family:sans-serif;line-height:1.5;color:#1a1a1a\">\n" +
                 content.html + "<p><a href=\"" + escape_html(link) + "\">" +
                 std::string(link_text) + "</a></p>\n" + paragraph(why) + "</body></html>\n";
  return content;
}

}  // namespace

Content delivery_news(const DeliveryNews& news, std::string_view link) {
  const std::string org = one_line(news.org_name);
  const std::string place = one_line(news.place);
  const std::string what = (news.data_packs ? "Data packs of " : "Audit logs of ") + org;
  std::string subject;
  std::vector<std::string> lines;
  if (news.works_again) {
    subject = what + (news.data_packs ? " arrive again" : " reach your bucket again");
    lines.push_back("There is nothing to do: deliveries to " + place + " work again.");
    lines.push_back("What waited is being delivered, in order. Nothing is missing.");
  } else {
    subject = what + (news.data_packs ? " no longer arrive" : " no longer reach your bucket");
    lines.push_back(news.remedy.empty() ? "There is nothing to do yet: it is tried again by itself."
                                        : one_line(news.remedy));
    lines.push_back("Deliveries to " + place + " have failed since " + moment(news.since) + ": " +
                    one_line(news.reason));
    lines.push_back("It is tried again by itself; what waits is kept and delivered in order.");
    if (news.data_lost_from)
      lines.push_back("Nothing is lost until " + moment(*news.data_lost_from) + ".");
  }
  return render(std::move(subject), lines, org, link,
                news.data_packs ? "Open data packs" : "Open the integration");
}

Content pack_difference(const PackDifference& difference, std::string_view link) {
  const std::string org = one_line(difference.org_name);
  const std::vector<std::string> lines{
      "Do not switch off SFTP yet: look at this run, and compare it again once the reason is "
      "known.",
      "The run " + one_line(difference.folder) +
          " was delivered to S3 and SFTP, and one of them no"
          " longer holds what was sent. " +
          one_line(difference.what)};
  return render("Data pack " + one_line(difference.pack) + " of " + org +
                    ": S3 and SFTP do not hold the same",
                lines, org, link, "Open data packs");
}

Result<> Mails::delivery_news(settings::WriteTx& tx, const OrgId& org,
                              const std::string& destination, DeliveryNews news) {
  const auto found = TRY(settings::find_org(tx, org));
  news.org_name = found ? found->name : org.str();
  const std::string page = news.data_packs ? "/settings/data-packs" : "/settings/integrations/s3";
  return to_admins(tx, org, "delivery-" + org.str() + "-" + destination,
                   notify::delivery_news(news, public_url_ + "/orgs/" + org.str() + page));
}

Result<> Mails::pack_difference(settings::WriteTx& tx, const OrgId& org,
                                PackDifference difference) {
  const auto found = TRY(settings::find_org(tx, org));
  difference.org_name = found ? found->name : org.str();
  return to_admins(tx, org, "difference-" + org.str(),
                   notify::pack_difference(
                       difference, public_url_ + "/orgs/" + org.str() + "/settings/data-packs"));
}

Result<> Mails::to_admins(settings::WriteTx& tx, const OrgId& org, const std::string& id,
                          const Content& content) {
  const Timestamp now = clock_.now();
  int number = 0;
  for (const std::string& address : TRY(admins_of(tx, org))) {
    const settings::WaitingMail mail{.message_id = id + "-" +
                                                   std::to_string(now.time_since_epoch().count()) +
                                                   "-" + std::to_string(++number),
                                     .to = address,
                                     .subject = content.subject,
                                     .text = content.text,
                                     .html = content.html,
                                     .created_at = now,
                                     .next_attempt_at = now};
    TRY(settings::add_mail(tx, mail));
  }
  background_.wake();
  return {};
}

}  // namespace trailkeeper::notify
