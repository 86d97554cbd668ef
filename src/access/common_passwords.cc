#include "common_passwords.h"

#include <algorithm>
#include <array>

namespace trailkeeper::access {

namespace {

// The commonest ones of eight characters and more, in order. Shorter ones are refused anyhow.
constexpr auto kCommon = std::to_array<std::string_view>({
    // clang-format off
    "0987654321", "11223344", "123123123", "12341234", "1234512345", "123454321", "12345678",
    "123456789", "1234567890", "12345678910", "12345abc", "1234abcd", "123qweasd", "147258369",
    "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "87654321", "987654321", "a1234567", "a12345678",
    "a1b2c3d4", "aa123456", "abc12345", "abcd1234", "abcdefgh", "abcdefghi", "admin123",
    "admin123!", "admin1234", "admin12345", "adminadmin", "administrator", "administrator1",
    "arsenal1", "asdf1234", "asdfghjk", "asdfghjkl", "ashley123", "asshole1", "auditlog1",
    "auditlogs", "autumn2024", "autumn2025", "autumn2026", "babygirl1", "barcelona", "baseball",
    "baseball1", "basketball", "batman123", "blessed1", "blink182", "butterfly", "changeit",
    "changeme", "changeme!", "changeme1", "changeme123", "charlie1", "chelsea1", "cheyenne",
    "chocolate", "company1", "company123", "computer", "computer1", "contraseña", "corvette",
    "danielle", "december1", "default1", "demo1234", "demodemo", "dragon123", "facebook",
    "facebook1", "family123", "february1", "ferrari1", "football", "football1", "freedom1",
    "friends1", "fuckyou1", "goodluck", "google123", "guest123", "harley123", "hello123",
    "hellohello", "helloworld", "hottie123", "hunter22", "iloveu123", "iloveyou", "iloveyou1",
    "internet", "january1", "jennifer", "jessica1", "jesus123", "jordan23", "killer123",
    "letmein1", "letmein123", "letmeinnow", "liverpool", "login123", "lovelove", "loveme123",
    "loveyou1", "manager1", "manchester", "master123", "maverick", "mercedes", "metallica",
    "michael1", "michelle", "microsoft", "minecraft1", "monkey123", "motdepasse", "mustang1",
    "mysecret", "nopassword", "november1", "operator", "operator1", "p@ssw0rd", "p@ssword",
    "pa$$word", "passw0rd", "password", "password!", "password1", "password1!", "password12",
    "password123", "password123!", "password1234", "passwort", "passwort1", "phoenix1",
    "pokemon1", "princess", "princess1", "q1w2e3r4", "qweasdzxc", "qwer1234", "qwerty12",
    "qwerty123", "qwerty123!", "qwerty1234", "qwertyui", "qwertyuiop", "qwertz123", "root1234",
    "rootroot", "samsung1", "secret123", "security1", "server123", "shadow123", "spiderman",
    "spring2024", "spring2025", "spring2026", "starwars", "summer2024", "summer2025",
    "summer2026", "sunshine", "sunshine1", "superadmin", "superman", "superman1", "superuser",
    "supervisor", "sweetheart", "swordfish", "system123", "temp1234", "test1234", "test12345",
    "testing1", "testing123", "testtest", "topsecret", "trailkeeper", "trailkeeper1", "trustno1",
    "user1234", "username", "welcome1", "welcome1!", "welcome12", "welcome123", "welcome123!",
    "welcome1234", "whatever", "windows1", "winter2024", "winter2025", "winter2026", "zaq12wsx",
    "zaq1zaq1", "zxcvbnm1",
    // clang-format on
});
static_assert(std::is_sorted(kCommon.begin(), kCommon.end()));

}  // namespace

bool is_common_password(std::string_view lower_case) {
  return std::binary_search(kCommon.begin(), kCommon.end(), lower_case);
}

}  // namespace trailkeeper::access
