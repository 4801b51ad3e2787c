// The small encodings below the files: JSON, half floats, SHA-256.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <string>
#include <vector>

#include "files/float16.h"
#include "files/json.h"
#include "files/sha256.h"

using namespace headstart;

TEST_CASE("string arrays survive being written and read, whatever they hold") {
  const std::vector<std::string> labels = {
      "", "plain", "quote \" and \\ back", "tab\tand\nline", "Grüße 👍 日本", std::string("\0x", 2)};
  const auto read = read_json_string_array(write_json_string_array(labels));
  REQUIRE(read.has_value());
  CHECK(*read == labels);
  CHECK(read_json_string_array(" [ ] ")->empty());
}

TEST_CASE("escapes are read as RFC 8259 has them, surrogate pairs included") {
  CHECK(read_json_string_array(R"(["\u0041\ud83d\udc4d\/\b\f"])")->front() == "A👍/\b\f");
}

TEST_CASE("what is not a string array is refused") {
  for (const char* text :
       {"", "[", "]", "[\"a\"", "[\"a\",]", "[1]", "[\"a\"]x", "{\"a\":1}", "[\"a\" \"b\"]", "[\"\\ud83d\"]",
        "[\"\\udc4d\"]", "[\"\xc0\x80\"]", "[\"\xed\xa0\x80\"]", "[\"\xf5\x80\x80\x80\"]", "[\"\\u12\"]"}) {
    CAPTURE(text);
    CHECK_FALSE(read_json_string_array(text).has_value());
  }
}

TEST_CASE(
    "bytes that are not UTF-8 are written as replacement characters, so that what we write we can read") {
  std::string out;
  append_json_string(out, "a\xff\xed\xa0\x80z");
  CHECK(out == "\"a\uFFFD\uFFFD\uFFFD\uFFFDz\"");
}

TEST_CASE("every half float survives the way through float and back") {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = float_from_half(half);
    if (std::isnan(value)) continue;
    if (half_from_float(value) != half) FAIL("half " << bits);
  }
  CHECK(float_from_half(0x3555) == 0.333251953125F);
  CHECK(float_from_half(0x0001) == 0x1p-24F);
  CHECK(float_from_half(0x7BFF) == 65504.0F);
  CHECK(std::isinf(float_from_half(0xFC00)));
  CHECK(std::isnan(float_from_half(half_from_float(std::nanf("")))));
}

TEST_CASE("halves are rounded to nearest, ties to even") {
  CHECK(half_from_float(1.0F + 0x1p-11F) == 0x3C00);             // a tie goes down to the even neighbour
  CHECK(half_from_float(1.0F + 0x1p-10F + 0x1p-11F) == 0x3C02);  // and up to it
  CHECK(half_from_float(1.0F + 0x1p-11F + 0x1p-20F) == 0x3C01);
  CHECK(half_from_float(65519.0F) == 0x7BFF);
  CHECK(half_from_float(65520.0F) == 0x7C00);
  CHECK(half_from_float(0x1p-25F) == 0);
  CHECK(half_from_float(0x1.8p-25F) == 1);
  CHECK(half_from_float(-0x1p-26F) == 0x8000);
}

TEST_CASE("SHA-256 gives the digests of FIPS 180-4's examples") {
  const auto digest_of = [](const std::string& text) {
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  CHECK(digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(digest_of(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
