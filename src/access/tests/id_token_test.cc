#include "access/id_token.h"

#include <gtest/gtest.h>

namespace trailkeeper::access {
namespace {

// Made once with an RSA key that nobody has any more; the times in the tokens are around this one.
const Timestamp kNow{std::chrono::seconds(1'800'000'000)};
const std::string kModulus =
    "jvrF61VVQRiRyzD13N9A068s-4sCgzggyTYlXm2LwU_6IE6-nTJScwMylsWULP26is12T1hKPyttdm27v4iG"
    "5G4OVVIE14rkPwC5-C9TrGDVFSbvfXj9mMZQCgXr9PvRiHyWJ_kZ44WVyAurahuFGR5YOLMMO7CZo5RwT3mD"
    "N6fpeqAsOwt54l_tHUpwdYKX4wPz-ETQGQlW0dV-EOlBQOmLw8z3zFtxOKq2mh77TmG0Zq4O3-q6H5oTHwbM"
    "AJP8tEaOAP50i9HwtdT6DtYbV4_Fbmw_FpivAqh5cQHq23POlVxY2GRvTmMmsNDq3zMm6TMLFSP-0D0GW-w_"
    "cMuLSQ";
const std::string kKeys =
    R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","kid":"k1","use":"enc",)"
    R"("n":"AQAB","e":"AQAB"},{"kty":"RSA","kid":"k1","use":"sig","alg":"RS256","e":"AQAB","n":")" +
    kModulus + R"("}]})";
const IdTokenRules kRules{
    .issuer = "https://login.example", .client_id = "client", .nonce = "nonce", .now = kNow};

struct Row {
  const char* what;
  bool holds;
  const char* token;
};
constexpr Row kRows[] = {
    {"good", true,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.OMKqClKqD0qHVVGfyYbvghk2CtuykVhbJA-Z2tVvY-4v6PlrLiynApBKhzrW_dfT4BdygthU"
     "CEMEx7o6TppMcwz7F9wBRKEqRnOiG_tVLfAn2fsHQ5FOmNW1zE2_czEBlSwNxeWgdLPMyS4OrcZEi2XOqrrA"
     "O95YB0Ai9uN5SCXMeZvtlOZuDSpPWyiDVxYQk4dboUHfBO1iFJNPv0kg_8GZ6I0LHcfcUKlbGl5PeA4KgRyK"
     "rWVN55F43eoH5-VF_SnWBOpBVEw34ky7IvfPOn397DyhzPyK1XPHVM__SdjhS6hz-geUioPRSE2ADiVbLTCc"
     "LQ4oKjtufnuGuHv5GQ"},
    {"several audiences, made for us", true,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOlsib3RoZXIiLCJjbGllbnQiXSwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4MDAwMDAw"
     "MDAsIm5vbmNlIjoibm9uY2UiLCJlbWFpbCI6InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6"
     "dHJ1ZSwibmFtZSI6IlBhdCIsImF6cCI6ImNsaWVudCJ9.amP5PGrC96S3QQKMkkLkm74PSkbf3Q_n2ueBbLu"
     "iKBasXdsyFrlEuiSq6-tlZIXifx_O6L1FFrjpCa9LwEj-KlkQrovMs_Q6VKIFGB-pkBlr2xY0385WL5XKeV1"
     "AScSR-hsS0qTC1GpG-YnlOsLB3nWGDDrUOhCLlXcG6PoBvFPSzAhucJb0tgIfULPq3ppSoUwbmjtL6fd4P-G"
     "8CDGcLs6FL-Xj4apFDMfM9cIhM5xG-iNWBL34Rl-v389Mdp6VfhyNyi_JwqpSPxmOaahxD-MRXx_jbkXkOJm"
     "Rhjex4GAyRbaS5oyKXDxsk21fEZlkwLmWbgvnr9YWLXal_sPw0Q"},
    {"verified as a text", true,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjoidHJ1ZSIsIm5h"
     "bWUiOiJQYXQifQ.e3fwEsYEzmLdlfQ4B-_-Z9eIFq9T8PTLjMFRBnWBU-DFd9ZSLgwzF_TimFtBXz3DRVFyy"
     "eK8qO-eijhykc9N0L8quObpRPv-zcXg8tHWP_hRuoE5JWC_hNDP_pFZs-hk8ky41ywIPVx3lOccGXZrLwkk2"
     "EFWtx5BCKLlts9XkKjYTweJx7dccXqzy7_S8OsLyRfz5RZp6Fg2rAZjwFYHISRw0ovAODitbj1bbfpbCrOyc"
     "IajCVZTqQZ7seHYcUdOCPsjOKm4LQPaYW7sHbqZmw70DqwOHmZTd_LrX0lYYjkNPtITAf4-X2kir2BOps0To"
     "ikOyA5GsadxOzZEGytX2w"},
    {"another issuer", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUuZXZpbCIs"
     "InN1YiI6InAtMSIsImF1ZCI6ImNsaWVudCIsImV4cCI6MTgwMDAwMDMwMCwiaWF0IjoxODAwMDAwMDAwLCJu"
     "b25jZSI6Im5vbmNlIiwiZW1haWwiOiJwYXRAYWNtZS5leGFtcGxlIiwiZW1haWxfdmVyaWZpZWQiOnRydWUs"
     "Im5hbWUiOiJQYXQifQ.cE3LNczplSoo4reOOhzeVYiFbxXG4PCXcASenZcpg6UklFaDqRLs9sG1j1W1eAr_A"
     "FotQtzzlF2c8HfxZy9v-YNVtPIIy3Tdl4y7DgEkvCdtFLpRc2cabreZ44WHfhvBpmyvNFKBfcwVvkonkpt9d"
     "Gkmff9HtwQeqBwTJDbkwrm5bJuiR6gHjAYav5OkiCX_MlkmKkPpWGULhCmQXHDkObNOhNnMZV3jPKK9hWGIb"
     "BFt60-TACpHYwY5sM7bV3Q5egoFv7tGr2HFlGVLLcR7_eJJ15M1-8dyuh_1nnrWpguf2W95uuZUUQXn3rYKQ"
     "T7xnhbO2F5NpXLmSLyUaCP7kg"},
    {"no issuer", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4"
     "MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2UiOiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhh"
     "bXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lIjoiUGF0In0.X2RdN6nDhqC-kkX9wZIdcvoF1FRj"
     "t9BJ8ohaZqvA4HOunDkWrYlEgd1_Ur7xIibc4YcqZczXKOqc4w-B1NpcRe3gEL9YyetjlJJHfw8T8ai61SeB"
     "1II0ltNVg_qk41OlnHYqPXFyiDSa5Nr7VY5yIE2G2N1M_KtQ4miiVV6DFfCdh_MOdCK_zqLZXkvno8wzX8eb"
     "LMeI3m1tG2CVth6zvnS5bdmmI3V61-l1ZcX3_54hnkxJ5qa4OeL86_RmH-tbunqcGGBXzG70Q5DsghtqERiM"
     "YThEc7bGBuGQGyvPQPwTVyLKgkD_EFGEgGoBcDoZY9xIT62vYplysIXp8Ptyuw"},
    {"another audience", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJvdGhlciIsImV4cCI6MTgwMDAwMDMwMCwiaWF0IjoxODAwMDAwMDAwLCJub25jZSI6"
     "Im5vbmNlIiwiZW1haWwiOiJwYXRAYWNtZS5leGFtcGxlIiwiZW1haWxfdmVyaWZpZWQiOnRydWUsIm5hbWUi"
     "OiJQYXQifQ.TpRgX6VaBxtJhsQprvJItC0N7Scr6MGydaqZAWhZ4oFzlPAZTxDJrjr5K2RI3YTFVHhzHXc7R"
     "mjt090yJdWxvaQOzfs6iuJNCvDsxNOVhV7LJcED-bLriz3D-aCANFVpxgnGaFvXzEaVPKO8r8hxHNgULY6VX"
     "9zRhAiqfDosGYV1P25jz735TvLUsEAo4oF58ZPSMYjrAfFXaVZsNtY3bJNNJ6oXJ-5ZZjSta20DA50sMoWBb"
     "hX1E3fBbgRUM5qTrqbfMyPcVbpN-HxpppsnQVADBfIiwFPj2KiuXRDZu0GYIV5SpZzX3xTVlnClqmV6QoNJK"
     "LoZ9VKp2OJHNpX6Bg"},
    {"no audience", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2UiOiJub25jZSIsImVtYWls"
     "IjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lIjoiUGF0In0.IuW8FQd1"
     "cAIEH3EpWOctAnsIApt6z0_tYH16U8b6bc6K4jPOFeA5J3rRglqUIMmsYYHnNatw8qrdjJMKXd309evgQexl"
     "6Ui6ftnIssC_CMoEPL2821-lpM4h3CTaSmqyyFM7n5UlJjEFOH_jp3CYUuJqAf7pe1gJUICPX0UU6u5UKQ6q"
     "jtbMVFuTCUunHYpjHrX2jkt36KxaJp9wFLXwRM94XARxc1PUBPbRgwvs5_RnlPKnpfSv_LsPQOxEm9ckjZ1I"
     "_jpiFZ4TcPcmruQvVtRTiaC1GHE5eWdiHUbqPRlwjNNNNuLz6_3zZ86mF7pdiAo3zFplrFPxL-50P0Qjiw"},
    {"other audiences", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOlsib3RoZXIiXSwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4MDAwMDAwMDAsIm5vbmNl"
     "Ijoibm9uY2UiLCJlbWFpbCI6InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwibmFt"
     "ZSI6IlBhdCJ9.JBIyMAztnDpPfDzSxc2SGJuCNvy7Tt-gXYVzP2oDRM7HDrIdinvaBaOlSTzuFUi67LdBkx0"
     "0_8Kh7WM1ERgX2l140CCpR8wxoT63_aOoV3t9RLaPxWPhoHWHYGNHPQ_chuTC4GIsszdh3_ak7NMPOyBURbZ"
     "eiP1vCs-m5cZ4Nd_D3BDcsL2SGJQ5sEtD4KF4puG290IcIpEdbGBOtVNoWAOOX3aEOd2nspdGXM41Ui7BHcu"
     "i_2w8lbUJhqbGj8w2TR96jVRY1P2lQKRUMx_TQG8cfmTAJoqpo5nOeR0p9qnAYndLBWXUWsYFRrCbQbBC2ke"
     "HhoWHr0Q5Ozy4LNS6kQ"},
    {"several audiences, no party", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOlsiY2xpZW50Iiwib3RoZXIiXSwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4MDAwMDAw"
     "MDAsIm5vbmNlIjoibm9uY2UiLCJlbWFpbCI6InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6"
     "dHJ1ZSwibmFtZSI6IlBhdCJ9.U1q1jpkeeiPBWFWb1VFIOLsSzihkX-g81NLpYek8euXWzL2FY2EKX8iwCKf"
     "FIgPqOOXSJDjY0qOZdjiWXO95iwzCKWLG9rCdVWyB4mDG0R6CkqgLnDFQbhRsXRtcjtq51k9byXiX_nyfxKw"
     "ZZAuvVqTnm_WsgXxKW1a60D0JW-Og1OZpTjIuoHVGqkIAMG9N11n_GWQlNgrieDK81NUB-A63xHg3aE4HXzz"
     "BayyrWcbqHPk5SAObHYUJk4hYPK_d1y8p65nXEvZDtFYom75Gql7SbV07uhg_sunqTtdxu2fgTd9I8VVF6-p"
     "36TJElN07T-NkqthLyFqOyuHr-V41xw"},
    {"another party", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0IiwiYXpwIjoib3RoZXIifQ.S1KUHl0o-PMhQ-VBHEVjmOTih95xNYl9YcHFrKrsMfbLt6OLuVJWH"
     "NBtqXXeI7WXuhqf0y-xqOTLIqZc3I94Dykw0uo45oVxwaWNLSDXpK9cs5joojeNhX_HvGDsOJob9wj0xEeeI"
     "42ZZlsPEe4VCeREoPfd_N7FfOSTRZeebwypSWzWV4VdLv3kh_iIjQ1cslpgjcLpbXhP1Nr48_oGo609e34ta"
     "W0tSAAZ-V0DcNoH9I9qn857Bd3OZFz5ebo6YoeTOLFh0TO7i26v-385K1lgTmTqZCqYvc0Rb01FEExu4L2p3"
     "KpS8F3zZOGV6wEggBxgx5CnLEFVL7TMakjiUw"},
    {"another question", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJvdGhlciIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.jrT4V4mrMqDTjJJ_7Oup3oVBgj9wAzOwThGq2Gt_fyLmEVEjSQT6flYYeEttx7QHsMDf44o1"
     "bQ0S_xtJLh8-wDRIteBnuW-CFP6JOoMmRIXVBonbr7SusWPjGeoSZwH_7DdBZbyNCbyZMkYnk9m0XgJhXe9m"
     "oNyRW9treGDjc4Oly1cAkfljSyNo2nBJrHoUVVOW5ewdxHFANvR99IxiwBh8cdNtu72Hvw8jrafrFGg1il0h"
     "L1iyvchwpz4D03JkPGkLF5SHEO8F7YKJUryEhIWLN_Q2EH-zVgtNTf8XDDIe5Oa8_yqqDgqlvlGpmgctH2Ph"
     "wwlDKIAlHeKqLuHhFQ"},
    {"no question", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwiZW1haWwi"
     "OiJwYXRAYWNtZS5leGFtcGxlIiwiZW1haWxfdmVyaWZpZWQiOnRydWUsIm5hbWUiOiJQYXQifQ.Ne4hzfQR6"
     "u9COiW_wJaTLrqvhKnb7VZQ72cUnJwgBuEytfLO9RPfcy8ZaM9hQh8sbc1vYYPuwQz_LJSNrMa_jM9y28Lgg"
     "uRQMCilwTwbE2ceeZ_8kGB9m24tHETpFA9ha5pAk17GUfoWSX9uoOnoD7VNNK_UagAdlIGMp1RlAhkB64_OF"
     "_tk2QVvP6eqpY_quRxu1aumNxjKWFgFvqwKBIoV-30Sva-F3j-I5VPP8b4iHqjOhQUhQydxCi9-jA_2w66VG"
     "lSqwJnNraABYYMiVrLHqzLSZ1BIjNARbyfkNqtRmKlbs-AfS9nvZLqGBHWLR4T46Ns3YJp9izfbKobQdQ"},
    {"ended a minute before", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE3OTk5OTk5NDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.Guup-SiPvip-MT4N1dpCy4aBrfxD-MCgu9SKiGHcOkaqjCTV_IOtDdWv-njXKSLvfNXwhuuK"
     "TYkSi8AvyhJWsPJwmSHvylhauU8r4TakrlGy8X0KvE_ignD8SO67Yn-6aJsnwHdgYDF2tp9Yf4e8DTL9U_YA"
     "qskZPMJyiyPZZz0qiPJczVbaVwaZzU1kFPotOPZno-MybN8Yg4C2s0CvFpxerwRgyPm_mij-61KLRd08ewXq"
     "p2lyi8qmiopK9oTdmn-QIeJYbx5857SIOqZwiRUXMF1baIs3e6LU_o6TJgN5quQRjQNR0_D-1kiBErVUQjdk"
     "V2g9LshHaKM9PhjIVg"},
    {"no end", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJpYXQiOjE4MDAwMDAwMDAsIm5vbmNlIjoibm9uY2UiLCJlbWFpbCI6"
     "InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwibmFtZSI6IlBhdCJ9.gRxDO9TMJhD"
     "bk_vZ2aNgCoQvs_VdrVVONuhUQNHGoQaxxQVC-nvmae02MmfmwgMa6h3D82onJQzrr2FVVK2lLNROeJbzafr"
     "cJM8L9RHLFESLsLuSzbLcX9fj9sOiNQ7w7FRt6hv9aktC9CnoDPNl84i7d8MgjGgGeKEeAMm6eZFEf_0Ui6e"
     "jEii33Q2DHFnqqCYiO9CUoCg7bImuj4La8ydx7YL9iPAmj0oR5sUI7Y3DIBTBPmc2VlreUS6q9ZvGH8tdzxV"
     "ORNp_-UD7RHBFofLiZJjz2bUB1McO5YbvwCciNom9eRq7LGIlxnDzvcbpO2GBOpZjyL3X-yZud0_E8Q"},
    {"an end that is a text", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOiIxODAwMDAwMzAwIiwiaWF0IjoxODAwMDAwMDAwLCJub25j"
     "ZSI6Im5vbmNlIiwiZW1haWwiOiJwYXRAYWNtZS5leGFtcGxlIiwiZW1haWxfdmVyaWZpZWQiOnRydWUsIm5h"
     "bWUiOiJQYXQifQ.Bxd2ixmf3d7_DthwU7eUgD4BKQ4vSO61vZC-5eeVAVUTc_hRseJIJqhRKklLFycGo49LX"
     "eQUr3vlxvS2dew_lUkYdWVcZLM6mjwlvpXrBX8b-O5PcQ0Ed0gR8W-gyUlyG1egxtW28Kx4v-ZZ-ZddM64Uq"
     "DHDsvEzATh4HC4PYhpBRt-EeHx5pR2o2JYFRZTFKE7ZS5CQK8PRFF70TTUneQH5zaCd8WSkcLkMeMulGGzvj"
     "vrz17LlSE0RAKbw8r6agALhb7W2ncZpx1KiSwQSajZibfzwk_F1cjuN5CoC_rNR_a_Csp4FRXQd2JRyxm0Ju"
     "C8c0PFq7WBJNfr0l8JCrA"},
    {"made in the future", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDA2MSwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.Glm04tx21r3n1kozeATQs8FN0tQbwATvzKPoc-hg2RufGZJReq8TZuEo9zOmj6djnKzn7CGQ"
     "iT8y1p5-AAtFnmhSpcTha_3-HPID_YiHt6_lV2L5UBwq8VPiPKisUBskvSczdejCuq87v8SS2__sHkcDs1mG"
     "UcUdpFe4h7gl4uOh9UH69H2rKgyqBAKOkiD0RECNgNEZxor1lVQdUyKcL0GcmXLQeJcofA5eTulCD8zQndWO"
     "HendDiEZobOLhRC_tnDyH4Nlm7xUw3i6QpmDfK-goqQUqoYjHGakpFbgC2Sp0rwXt8Ps0p8-mdNEvomyQPWO"
     "-l2y9XAP1_mi8YgwLg"},
    {"not said when made", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsIm5vbmNlIjoibm9uY2UiLCJlbWFpbCI6"
     "InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwibmFtZSI6IlBhdCJ9.h_vkjIViuxz"
     "vJYGynGlAHq_GYi_O3CdqFTtuC0O-dcYEDD_X5K6hWiB4KDwSSEkqkRuBJ8G4bbC_mNlfOyfBzmyB6ma4V_V"
     "0cOL04mmzuWC92NfHSfixcC_TNfikz8yZy2Sj9kmmQPMzGF5aERbT1Qs72KDBfMgM8FAArz9kuvnT30E6Gzk"
     "UkGvXo89kykhDc1fKErLXMi_AHyud1l9YICgwRHzLFeqGUIg6_7xytdTTN9u_DSST1r7Lf64lKa2KdKx6lk4"
     "LPMXS4IaCTRft4poU0PUAH9NTXK4ixJISKBseki3A1_WjmHdQjDHnkytLpo0kMZLm0Cz5GN3eqSS4gA"},
    {"not valid yet", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0IiwibmJmIjoxODAwMDAwMDYxfQ.UxnCmKoEuW4XX1FPkDnyZrMajD7CNMARx1LKHF6qRCPjWcXC7"
     "AZs27D3p_-XbNCBffsacdcFKc82VOB4rLTzkQyk0c-Mcm2EHvMjYGaporL1mHfxFo0UDbx_gxznVeSeKVEaD"
     "yY587eeV6SU_dQlvHHPfVPx2m0se20LsOahtjjP_Y33s30EXS90R6udYiTauhxo7CgZK9FoRybNX3x50de8a"
     "taxpxnrwUOu0ABEwO4Gb477iNLXzzr_8FGJFtUWmuaRm9cc_gb9j_IHvXVFyCUuaGNQcedaxRT6Dy8PKnH3c"
     "amtPDhQooI4MRLD2QIBqxxc1JYKKSCrU2-ybDdraA"},
    {"nobody", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJhdWQi"
     "OiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2UiOiJub25jZSIsImVt"
     "YWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lIjoiUGF0In0.dZ0o"
     "IybbTliG4nIn71bA8T_kWhKVwtgC4QG804eiPhn1OaJTCstakfa1fd0oTEYMY8TZmGxd-KIaboB1c6JtHRxb"
     "YMWMdZiJMF3JyMjuxhwLiP83x4fxluR8w5HTgPSIWa7wkfrU8I3V7SIAr7m8eY_lDIDMZThMkNS3fFJtomzz"
     "xz8ojbEYsgbje2XAUORuKHgzSizm6i30146Erw_IYFVUVnFTJvyAH2pFpTcnl2g43QyyxowIW5WS88CRyIWX"
     "Fo79B4pqj8XjVX_NEP3WVlUIiPy0EdO0mCDHUV4chFY5B_dNB1Fzan7uokHJac2v4HP-ivSFGkSXW4Ld7tEZ"
     "Nw"},
    {"nobody by name", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiIiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2UiOiJu"
     "b25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lIjoi"
     "UGF0In0.VKlN3bEUD8hZZxB8UVgm6lCwGTxC850lm_Y9Vc3Z9pLY49krC2u0Hc5K0ZPZC8Ad6654ELucGTDt"
     "fC6SidEm1tCczashO9Gw8C94uWaK5as046_VdRbAa9cx1ll8rOwKpsiK_eADlJl0j1lSG49oi0pL8a3oAeQi"
     "qjXosR5BpSgbxtki7D_tzfaURG9kGswEY8GTBGJEBQ729kBEbyWP9OtnGGRHg2Kg3zuy6htYP_Dmxoh0cFNC"
     "eJyso48Bv8a7Ov1n1Hi_6dEBf0LCIoI2sHzeo6dyfKh_WqLMYnpcVHajPBQUZWIBrKgMocT93iKAPVpExlCz"
     "NPEHR2D7U1QPvQ"},
    {"a very long somebody", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJ4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
     "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
     "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
     "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
     "eHh4eHh4IiwiYXVkIjoiY2xpZW50IiwiZXhwIjoxODAwMDAwMzAwLCJpYXQiOjE4MDAwMDAwMDAsIm5vbmNl"
     "Ijoibm9uY2UiLCJlbWFpbCI6InBhdEBhY21lLmV4YW1wbGUiLCJlbWFpbF92ZXJpZmllZCI6dHJ1ZSwibmFt"
     "ZSI6IlBhdCJ9.gxoCxnW4UHGUqp7LyjUL35G84W_3xDOxo9TWpPs5MAD7NaKE9m7UuqTjClYElexvc8-nj94"
     "2Kiw3BQp4_b8FciyPNwPeKlGIyC0sho6AJSpIFpmJymHnMtv9biJuRlBqxxYnfZiB1o9fb2mFHUy5uUEkVuP"
     "jpl7LZ9OU2JanCqMla3l6OE4DXTveYywjrE6evo-LOYrwqc7JbThE6PNigG_b-Y6wjM4Dy31BfMwgW83505g"
     "tXvDC3j394zZK3FOpsVMivTY4QIqKU3uTmzwrgH-C1hflddDqiIC5A54zt7di_6YzLLOEVhLvxogqzumJbKD"
     "30TV6iZUMW9KTSkOi9A"},
    {"HMAC with the public key", false,
     "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.cTiYxau5gzb1bArcdhpX2AOTulZJ72vlAZVp0c_eIJHmKs8SF2CFziY5sfpFLH65F7KZrkMq"
     "huDujibuanM4vApvHIZdiT7QzlNkTcdsF_k2wVVmtFVVWbebyJwcQX3gs3b2yOGCQWdk6HkGNvgc7rKqeQwu"
     "4vra3-_yff9FArNcST7k_7O1y_O-wk4bVOzd3VEDMiJ1i0vYrooH6EFJz-FCoycAj7JNZ1dtFKB1nG0HzbFZ"
     "hj5ZEOrh8-lCc5M9c94nA35AqWmJH5PQnwZCLbpaosLcCNEsC_b7ezC_-hpOgzLtkPt7T-vTbrCzxkungZcL"
     "0Yb7AgvIAlb63pZfqA"},
    {"no algorithm", false,
     "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIiO"
     "iJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2UiO"
     "iJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1lI"
     "joiUGF0In0.h6cbRMy5wgTAqtBr0KGxWZIl2d46azYDflxFrvG2W4E6jm8a__TFahkuYkQDnkkfDF2QHN1c5"
     "u4DryUi67o3JhbWccg8TM6k5jF5MyNvArrPnOMeVksb7miqV_bRkZG6o0a9NlSPjazrGw0gKIhLCiRrLAeO8"
     "GolpVVYAma8bzac5nlmDWqWqTd1OB8aUZZ0Rzag6CJCQx4tZLA-XjaiWgOZTW9nb-VkBY-JD9gN726uOkbzv"
     "JwIIxylcvFEuGwTr7R-gY_rro-VccRF_YNliJ8wPK8y7N9tTFZTVRggF0APQ4mXsiPAXKwv2IHjuQkSU-p2Z"
     "ai0HyvVzbo9Dn0gjg"},
    {"RS512", false,
     "eyJhbGciOiJSUzUxMiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.Sp5AfWh-z5dBYEFKaGWiUlV2cpNxsoiH5TG6vAKx9Gw4stxWsUHqBJsx73apT0RB--dF3lm0"
     "h_0Ee_OzuSWlut3jetYzx45Rp6RV291KxnkwdaQ3Bt3q7ylqq0L0P6HjT2rbeAZx4dcG8A8ZNK8pJjeM8fB6"
     "PXWOFf17g-UhBvBL-5S2VirAEF5f5E_7tKlvIJ3HKIswKxU6yXqQOTlv_Ax16ifZyxXkD4Q5cmqJ0Fze1voj"
     "HwwMze_ZRqx3khE2h5ZkgrsF_T54lrSz0l_-hZI3gt5JCKc6Ojtj40TwzQGmwtoHE3K0b5NUWg95lvU1vkOG"
     "hDdVINYNagQJuiBtyQ"},
    {"ES256 with an RSA key", false,
     "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.CfjFPAYSOZKnCYyxma5GeYY5iLymhyUWG1_wHja3ZjB4izzKHyF08jcv0c1BvloouXwWTSXR"
     "AFH3Vx6yJsg4oJDqOUarE0Tb3eCORjrCdAceGyN-tf-6QiFSdP67yQ3C2xjgE_5_EufB3-pKVLLfgTnFKn_i"
     "SQB2k0YrYVAQvbWvb1YS9a5kL82qKyT4ihBdUEHsgwAnCrfrP8xGURt8HqWBgZPaDDd1INu47yjmGvA4zX5-"
     "u48nKKLRjmhewZK0xIbSlBnZCGFawiN5p3ATbKV6-dVxfHWX0P7M6ICE-9BSkcvNCOXMHmQetDiR-5JEw1u1"
     "pDdFIhtPTg45GydmTA"},
    {"an extension that has to be known", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIiwiY3JpdCI6WyJleHAiXX0.eyJpc3MiOiJodHRwczovL2xvZ2lu"
     "LmV4YW1wbGUiLCJzdWIiOiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgw"
     "MDAwMDAwMCwibm9uY2UiOiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3Zlcmlm"
     "aWVkIjp0cnVlLCJuYW1lIjoiUGF0In0.bk6rrP5rITcB-sAJDXAZUra7onJxMw5m1rmImr5f7rGCSoOfj-yJ"
     "Xy44SPooU3JS9Dzd5aYf_Sh6zJ2fxb5xZEUklp0a0KUa5JGcma8U7wuMp8nhhuB9H95oa4WLWTigwllBHLNA"
     "MMmJYWgRcpt3Aj6-Qbh163Kl1kR5kxiQ-dyaDcm476vsV4P7rffgoViOG7aIDksS3mf2Iigyc5-9juo_ytst"
     "noJDgU6CBWiU6I2GTXoayMQ7YHFKifqxHYATgn5wZ4qfWSK7pFofrs344iu7A9_8TfbBWh9GEUCnvyN4oya3"
     "y0nZOvNbicAv_6KPm7q2n6QC5lIQzoHQoQ6XDQ"},
    {"another key's id", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsyIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.Pw8VWImoXDACXdRTIgefi_HxIpzWWUfe-OkzcwKk0yIJgPB930jlBV5io4vquBTRQZtwJ8yS"
     "c8ZaKO9Ltk2F7nH967DH6zd-hrL1wrTTvnb4jPsQEOr8gbiuCWtUZMHwzHXqJk7sY9QNComApZJD9URSe5E-"
     "oLJZrao9aWE456eWgfl86iI4ojbFraAsU2w0WgK4KY0BoYiH-hlcGd6FJhYp0fWYXJCQQL7L9J_YouvkiuqS"
     "K4SKnpoYn0ZimeduFBJKapD3CszgKQM2j0QRWUG6aBZW_V-HMC0qiSWNCnGdpKeB6CNgVv65-azPdDf3a2oC"
     "AifR5Y8AoZd3q4uAuA"},
    {"signature of another token", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTIiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.OMKqClKqD0qHVVGfyYbvghk2CtuykVhbJA-Z2tVvY-4v6PlrLiynApBKhzrW_dfT4BdygthU"
     "CEMEx7o6TppMcwz7F9wBRKEqRnOiG_tVLfAn2fsHQ5FOmNW1zE2_czEBlSwNxeWgdLPMyS4OrcZEi2XOqrrA"
     "O95YB0Ai9uN5SCXMeZvtlOZuDSpPWyiDVxYQk4dboUHfBO1iFJNPv0kg_8GZ6I0LHcfcUKlbGl5PeA4KgRyK"
     "rWVN55F43eoH5-VF_SnWBOpBVEw34ky7IvfPOn397DyhzPyK1XPHVM__SdjhS6hz-geUioPRSE2ADiVbLTCc"
     "LQ4oKjtufnuGuHv5GQ"},
    {"no signature", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0."},
    {"two parts", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0"},
    {"not base64url", false,
     "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLmV4YW1wbGUiLCJzdWIi"
     "OiJwLTEiLCJhdWQiOiJjbGllbnQiLCJleHAiOjE4MDAwMDAzMDAsImlhdCI6MTgwMDAwMDAwMCwibm9uY2Ui"
     "OiJub25jZSIsImVtYWlsIjoicGF0QGFjbWUuZXhhbXBsZSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJuYW1l"
     "IjoiUGF0In0.OMKqClKqD0qHVVGfyYbvghk2CtuykVhbJA-Z2tVvY-4v6PlrLiynApBKhzrW_dfT4BdygthU"
     "CEMEx7o6TppMcwz7F9wBRKEqRnOiG_tVLfAn2fsHQ5FOmNW1zE2_czEBlSwNxeWgdLPMyS4OrcZEi2XOqrrA"
     "O95YB0Ai9uN5SCXMeZvtlOZuDSpPWyiDVxYQk4dboUHfBO1iFJNPv0kg_8GZ6I0LHcfcUKlbGl5PeA4KgRyK"
     "rWVN55F43eoH5-VF_SnWBOpBVEw34ky7IvfPOn397DyhzPyK1XPHVM__SdjhS6hz-geUioPRSE2ADiVbLTCc"
     "LQ4oKjtufnuGuHv5GQ="},
    {"nothing", false, ""},
};

// A table of tokens of which all but the first three have something wrong, and the right signature
// where that is not it.
TEST(IdTokenTest, TakesWhatIsMeantForUsAndNothingElse) {
  const auto keys = parse_provider_keys(kKeys);
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 1u);
  for (const Row& row : kRows) {
    const auto claims = check_id_token(row.token, *keys, kRules);
    EXPECT_EQ(claims.has_value(), row.holds) << row.what;
    if (!claims) {
      EXPECT_EQ(claims.error().kind, ErrorKind::invalid);
      continue;
    }
    EXPECT_EQ(claims->subject, "p-1");
    EXPECT_EQ(claims->email, "pat@acme.example");
    EXPECT_TRUE(claims->email_verified);
  }
}

TEST(IdTokenTest, AnUnknownKeyIsToldApart) {
  const auto keys = parse_provider_keys(kKeys);
  for (const Row& row : kRows) {
    if (std::string(row.what) != "another key's id") continue;
    EXPECT_EQ(check_id_token(row.token, *keys, kRules).error().code, "unknown_key");
  }
}

TEST(IdTokenTest, AMinuteOfSkewIsForgiven) {
  const auto keys = parse_provider_keys(kKeys);
  IdTokenRules rules = kRules;
  rules.now = kNow + std::chrono::seconds(300 + 59);
  EXPECT_TRUE(check_id_token(kRows[0].token, *keys, rules));
  rules.now = kNow + std::chrono::seconds(300 + 60);
  EXPECT_FALSE(check_id_token(kRows[0].token, *keys, rules));
  rules.now = kNow - std::chrono::seconds(60);
  EXPECT_TRUE(check_id_token(kRows[0].token, *keys, rules));
  rules.now = kNow - std::chrono::seconds(61);
  EXPECT_FALSE(check_id_token(kRows[0].token, *keys, rules));
  rules.nonce.clear();
  EXPECT_FALSE(check_id_token(kRows[0].token, *keys, rules)) << "a question has to have been asked";
}

TEST(IdTokenTest, NoKeysAreNone) {
  for (const char* text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[1]})",
                           R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})"}) {
    EXPECT_FALSE(parse_provider_keys(text)) << text;
  }
}

TEST(IdTokenTest, UserinfoIsOfTheSamePerson) {
  const auto claims = parse_userinfo(R"({"sub":"a","email":"b@c.d","email_verified":false})", "a");
  ASSERT_TRUE(claims);
  EXPECT_FALSE(claims->email_verified);
  EXPECT_FALSE(parse_userinfo(R"({"sub":"b","email":"b@c.d"})", "a"));
  EXPECT_FALSE(parse_userinfo(R"({"email":"b@c.d"})", "a"));
  EXPECT_FALSE(parse_userinfo("no object", "a"));
}

}  // namespace
}  // namespace trailkeeper::access
