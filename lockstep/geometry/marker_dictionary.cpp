// SPDX-License-Identifier: MIT
#include "lockstep/geometry/marker_dictionary.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "lockstep/base/suggestion.h"
#include "lockstep/geometry/marker_dictionary_data.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

/// Takes numbers of any width out of base64 text, highest bit first.
class BitReader {
 public:
  explicit BitReader(std::string text) : text_(std::move(text)) {}

  uint64_t take(int width) {
    uint64_t value = 0;
    for (int i = 0; i < width; ++i, ++position_) {
      const int digit = digit_of(text_.at(position_ / 6));
      value = value << 1 | static_cast<uint64_t>(digit >> (5 - position_ % 6) & 1);
    }
    return value;
  }

 private:
  static int digit_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : 63;
  }

  std::string text_;
  size_t position_ = 0;
};

/// Dictionaries of one family: the smaller ones are the first markers of the largest.
struct Family {
  int bits_per_side = 0;
  std::vector<uint64_t> markers;
  std::vector<std::pair<std::string, size_t>> dictionaries;  ///< name and number of markers
};

Family read_family(const Json& json) {
  Family family;
  const auto name = json.at("name").get<std::string>();
  family.bits_per_side = json.at("bits_per_side");
  size_t count = 0;
  if (json.contains("count")) {
    count = json["count"];
    family.dictionaries.emplace_back(name, count);
  } else {
    for (const size_t size : json.at("sizes")) {
      family.dictionaries.emplace_back(fmt::format("{}_{}", name, size), size);
      count = std::max(count, size);
    }
  }
  std::string text;
  for (const Json& line : json.at("bits")) text += line.get<std::string>();
  BitReader bits(std::move(text));
  for (size_t i = 0; i < count; ++i)
    family.markers.push_back(bits.take(family.bits_per_side * family.bits_per_side));
  return family;
}

const std::vector<Family>& families() {
  static const std::vector<Family> all = [] {
    std::vector<Family> read;
    const Json document = Json::parse(marker_dictionaries_json());
    for (const Json& family : document.at("families")) read.push_back(read_family(family));
    return read;
  }();
  return all;
}

}  // namespace

const std::vector<std::string>& dictionary_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Family& family : families()) {
      for (const auto& dictionary : family.dictionaries) all.push_back(dictionary.first);
    }
    return all;
  }();
  return names;
}

Result<MarkerDictionary> find_dictionary(std::string_view name) {
  for (const Family& family : families()) {
    for (const auto& [known, count] : family.dictionaries) {
      if (known != name) continue;
      return MarkerDictionary(known, family.bits_per_side,
                              std::span(family.markers).subspan(0, count));
    }
  }
  return Error{Errc::not_found, fmt::format("there is no dictionary of markers '{}': {}", name,
                                            suggest(name, dictionary_names()))};
}

}  // namespace lockstep
