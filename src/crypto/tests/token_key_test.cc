#include "crypto/token_key.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace trailkeeper::crypto {
namespace {

std::string decoded(std::string_view text) { return *from_base64url(text); }

// RFC 7515 appendix A.2.
constexpr std::string_view kRsaModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
    "4qPCJrcS2mJPMEzP1Pt0Bm4d4Q"
    "lL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-"
    "bSf63kpaSHSXndS5z5rexMdbBYU"
    "sLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-"
    "DWNmoud"
    "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kRsaSigned =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
    "c19yb290Ijp0cnVlfQ";
constexpr std::string_view kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGb"
    "ds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
    "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0G"
    "arZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6Lbg"
    "GY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// RFC 7515 appendix A.3.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kEcSigned =
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
    "c19yb290Ijp0cnVlfQ";
constexpr std::string_view kEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST(TokenKeyTest, VerifiesTheRs256ExampleOfRfc7515) {
  const auto key = TokenKey::rsa(decoded(kRsaModulus), decoded("AQAB"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->algorithm(), TokenKey::Algorithm::rs256);
  EXPECT_TRUE(key->verify(kRsaSigned, decoded(kRsaSignature)));
  EXPECT_FALSE(key->verify(std::string(kRsaSigned) + "x", decoded(kRsaSignature)));
  EXPECT_FALSE(key->verify(kRsaSigned, ""));
}

TEST(TokenKeyTest, VerifiesTheEs256ExampleOfRfc7515) {
  const auto key = TokenKey::p256(decoded(kX), decoded(kY));
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(kEcSigned, decoded(kEcSignature)));
  std::string broken = decoded(kEcSignature);
  for (std::size_t i = 0; i < broken.size(); ++i) {
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(key->verify(kEcSigned, broken)) << i;
    broken[i] = static_cast<char>(broken[i] ^ 1);
  }
  EXPECT_FALSE(key->verify(kEcSigned, std::string(64, '\0')));
  EXPECT_FALSE(key->verify(kEcSigned, broken.substr(1)));
}

TEST(TokenKeyTest, RefusesKeysThatAreNone) {
  EXPECT_FALSE(TokenKey::rsa(decoded(kRsaModulus).substr(0, 128), decoded("AQAB"))) << "1,024 bits";
  EXPECT_FALSE(TokenKey::rsa("", ""));
  EXPECT_FALSE(TokenKey::rsa(std::string(2000, 'x'), decoded("AQAB")));
  EXPECT_FALSE(TokenKey::p256(decoded(kY), decoded(kX))) << "no point of the curve";
  EXPECT_FALSE(TokenKey::p256("", ""));
}

}  // namespace
}  // namespace trailkeeper::crypto
