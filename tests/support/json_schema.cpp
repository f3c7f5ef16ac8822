// SPDX-License-Identifier: MIT
#include "tests/support/json_schema.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace lockstep::testing {
namespace {

using Json = nlohmann::json;

bool is_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == "null" && value.is_null();
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  std::string check(const Json& value, const Json& schema, const std::string& at) const {
    for (const auto& [keyword, rule] : schema.items()) {
      const std::string broken = check_keyword(value, schema, keyword, rule, at);
      if (!broken.empty()) return broken;
    }
    return "";
  }

 private:
  std::string check_keyword(const Json& value, const Json& schema, const std::string& keyword,
                            const Json& rule, const std::string& at) const {
    static constexpr std::array kSilent{"$schema", "$id",         "$defs",
                                        "title",   "description", "$comment"};
    if (std::find(kSilent.begin(), kSilent.end(), keyword) != kSilent.end()) return "";
    if (keyword == "additionalProperties" && rule.is_boolean())
      return "";  // judged with properties
    if (keyword == "$ref")
      return check(value, root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), at);
    if (keyword == "const") return value == rule ? "" : at + " is not " + rule.dump();
    if (keyword == "enum")
      return std::find(rule.begin(), rule.end(), value) != rule.end()
                 ? ""
                 : at + " is none of " + rule.dump();
    if (keyword == "type") return check_type(value, rule, at);
    if (keyword == "anyOf") return check_any(value, rule, at);
    if (keyword == "required") return check_required(value, rule, at);
    if (keyword == "properties") return check_properties(value, schema, rule, at);
    if (keyword == "items") return check_items(value, rule, at);
    if (keyword == "additionalProperties") return check_items(value, rule, at);
    if (keyword == "minimum")
      return !value.is_number() || value >= rule ? "" : at + " is below " + rule.dump();
    return "the schema at " + at + " uses '" + keyword + "', which this checker does not know";
  }

  static std::string check_type(const Json& value, const Json& rule, const std::string& at) {
    const bool fits = rule.is_array()
                          ? std::any_of(rule.begin(), rule.end(),
                                        [&](const Json& t) { return is_type(value, t); })
                          : is_type(value, rule);
    return fits ? "" : at + " is not of type " + rule.dump();
  }

  std::string check_any(const Json& value, const Json& rule, const std::string& at) const {
    const bool fits = std::any_of(rule.begin(), rule.end(),
                                  [&](const Json& s) { return check(value, s, at).empty(); });
    return fits ? "" : at + " fits none of the alternatives";
  }

  static std::string check_required(const Json& value, const Json& rule, const std::string& at) {
    for (const Json& key : rule) {
      if (value.is_object() && !value.contains(key.get<std::string>()))
        return at + " lacks " + key.dump();
    }
    return "";
  }

  std::string check_properties(const Json& value, const Json& schema, const Json& rule,
                               const std::string& at) const {
    if (!value.is_object()) return "";
    for (const auto& [key, child] : value.items()) {
      if (rule.contains(key)) {
        const std::string broken = check(child, rule.at(key), at + "/" + key);
        if (!broken.empty()) return broken;
      } else if (schema.contains("additionalProperties") &&
                 schema.at("additionalProperties") == false) {
        return at + " has a key that the schema does not know: " + key;
      }
    }
    return "";
  }

  std::string check_items(const Json& value, const Json& rule, const std::string& at) const {
    size_t index = 0;
    for (const Json& item : value) {
      const std::string broken = check(item, rule, at + "/" + std::to_string(index++));
      if (!broken.empty()) return broken;
    }
    return "";
  }

  const Json& root_;
};

}  // namespace

std::string schema_violation(std::string_view json, std::string_view schema) {
  try {
    const Json rules = Json::parse(schema);
    return Validator(rules).check(Json::parse(json), rules, "");
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace lockstep::testing
