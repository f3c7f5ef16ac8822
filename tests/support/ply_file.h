// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep::testing {

/// A PLY file as a reader finds it that knows nothing of who wrote it: every property by its name.
struct PlyFile {
  std::vector<std::string> comments;
  std::map<std::string, std::vector<double>> vertex;
  std::vector<std::vector<int32_t>> faces;
  size_t bytes_left = 0;  ///< behind the last element

  [[nodiscard]] size_t vertices() const {
    return vertex.empty() ? 0 : vertex.begin()->second.size();
  }
};

template <typename T>
T take_number(std::string_view& bytes) {
  T value{};
  if (bytes.size() < sizeof(T)) return value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

inline double take_number(std::string_view& bytes, const std::string& type) {
  if (type == "float") return double{take_number<float>(bytes)};
  if (type == "uchar") return static_cast<double>(take_number<uint8_t>(bytes));
  ADD_FAILURE() << "no such type: " << type;
  return 0;
}

inline PlyFile parse_ply(const std::string& file) {
  PlyFile ply;
  const std::string kEnd = "end_header\n";
  const size_t end = file.find(kEnd);
  if (end == std::string::npos) {
    ADD_FAILURE() << "no header";
    return ply;
  }
  std::istringstream header(file.substr(0, end));
  size_t vertices = 0, faces = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  std::string element;
  for (std::string line; std::getline(header, line);) {
    std::istringstream words(line);
    std::string word, type, name;
    words >> word;
    if (word == "comment") ply.comments.push_back(line.substr(8));
    if (word == "element") {
      words >> element;
      words >> (element == "vertex" ? vertices : faces);
    }
    if (word == "property" && element == "vertex") {
      words >> type >> name;
      properties.emplace_back(type, name);
    }
  }
  std::string_view bytes = std::string_view(file).substr(end + kEnd.size());
  for (size_t i = 0; i < vertices; ++i) {
    for (const auto& [type, name] : properties)
      ply.vertex[name].push_back(take_number(bytes, type));
  }
  for (size_t i = 0; i < faces; ++i) {
    auto& face = ply.faces.emplace_back(take_number<uint8_t>(bytes));
    for (int32_t& corner : face) corner = take_number<int32_t>(bytes);
  }
  ply.bytes_left = bytes.size();
  return ply;
}

}  // namespace lockstep::testing
