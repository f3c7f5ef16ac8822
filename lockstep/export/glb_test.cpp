// SPDX-License-Identifier: MIT
#include "lockstep/export/glb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"
#include "tests/support/format_judges.h"
#include "tests/support/synthetic_shapes.h"

namespace lockstep {
namespace {

using ::testing::HasSubstr;

/// A reader of GLB files that knows nothing of the writer.
struct Glb {
  nlohmann::json json;
  std::string buffer;

  template <typename T>
  [[nodiscard]] std::vector<T> read(int accessor, size_t numbers_each) const {
    const auto& view = json["bufferViews"][json["accessors"][accessor]["bufferView"].get<size_t>()];
    const size_t count = json["accessors"][accessor]["count"].get<size_t>() * numbers_each;
    std::vector<T> numbers(count);
    EXPECT_EQ(view["byteLength"], count * sizeof(T));
    std::memcpy(numbers.data(), buffer.data() + view["byteOffset"].get<size_t>(),
                count * sizeof(T));
    return numbers;
  }
  [[nodiscard]] const nlohmann::json& primitive() const {
    return json["meshes"][0]["primitives"][0];
  }
};

Glb read_glb(const std::string& file) {
  const auto number = [&file](size_t at) {
    uint32_t value = 0;
    std::memcpy(&value, file.data() + at, sizeof value);
    return size_t{value};
  };
  EXPECT_EQ(file.substr(0, 4), "glTF");
  EXPECT_EQ(number(8), file.size());
  EXPECT_EQ(file.substr(16, 4), "JSON");
  const size_t buffer = 20 + number(12);
  EXPECT_EQ(file.substr(buffer + 4, 4), std::string("BIN\0", 4));
  EXPECT_EQ(buffer + 8 + number(buffer), file.size());
  return {nlohmann::json::parse(file.substr(20, number(12)), nullptr, false),
          file.substr(buffer + 8)};
}

void expect_vectors(const Glb& glb, const char* attribute,
                    const std::vector<Eigen::Vector3f>& vectors) {
  const auto& attributes = glb.primitive()["attributes"];
  EXPECT_EQ(attributes.contains(attribute), !vectors.empty()) << attribute;
  if (vectors.empty()) return;
  const auto numbers = glb.read<float>(attributes[attribute], 3);
  ASSERT_EQ(numbers.size(), 3 * vectors.size());
  for (size_t i = 0; i < vectors.size(); ++i) {
    const Eigen::Vector3f read(numbers[3 * i], numbers[3 * i + 1], numbers[3 * i + 2]);
    ASSERT_LT((read - vectors[i]).norm(), 1e-6F) << attribute << " " << i;
  }
}

/// COLOR_0 turned back to sRGB codes.
void expect_colors(const Glb& glb, const std::vector<std::array<uint8_t, 3>>& colors) {
  if (colors.empty()) return;
  const auto linear = glb.read<uint16_t>(glb.primitive()["attributes"]["COLOR_0"], 4);
  for (size_t i = 0; i < colors.size(); ++i) {
    for (size_t part = 0; part < 3; ++part) {
      const double value = linear[4 * i + part] / 65535.0;
      const double srgb =
          value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
      ASSERT_EQ(std::lround(srgb * 255), long{colors[i][part]});
    }
    ASSERT_EQ(linear[4 * i + 3], 65535);
  }
}

/// What the Khronos validator has against a file; empty when it has neither errors nor warnings.
std::string validator_problems(const std::filesystem::path& file) {
  const testing::Finished validator = testing::judge("check_gltf.js", {file});
  const auto report = nlohmann::json::parse(validator.out, nullptr, false);
  if (report.is_discarded()) return "no report: " + validator.err;
  return validator.status == 0 ? "" : report["issues"].dump(1);
}

TEST(Glb, MeshesComeBackAsTheyWere) {
  testing::expect_property({50, 2000}, [](testing::Dice& dice) {
    const testing::TempFolder folder;
    const TriangleMesh mesh = testing::any_mesh(dice);
    ASSERT_TRUE(write_glb(folder / "a.glb", mesh, RigOrigin::floor));
    const Glb glb = read_glb(testing::read_file(folder / "a.glb"));
    expect_vectors(glb, "POSITION", mesh.vertices);
    expect_vectors(glb, "NORMAL", mesh.normals);
    expect_colors(glb, mesh.colors);
    EXPECT_EQ(glb.primitive()["mode"], 4);
    const auto corners = glb.read<uint32_t>(glb.primitive()["indices"], 1);
    ASSERT_EQ(corners.size(), 3 * mesh.triangles.size());
    for (size_t i = 0; i < corners.size(); ++i) ASSERT_EQ(corners[i], mesh.triangles[i / 3][i % 3]);
  });
}

TEST(Glb, CloudsComeBackAsTheyWere) {
  testing::expect_property({50, 2000}, [](testing::Dice& dice) {
    const testing::TempFolder folder;
    const PointCloud cloud = testing::any_cloud(dice);
    ASSERT_TRUE(write_glb(folder / "a.glb", cloud, RigOrigin::camera));
    const Glb glb = read_glb(testing::read_file(folder / "a.glb"));
    expect_vectors(glb, "POSITION", cloud.points);
    expect_vectors(glb, "NORMAL", cloud.normals);
    expect_colors(glb, cloud.colors);
    EXPECT_EQ(glb.primitive()["mode"], 0);
    EXPECT_FALSE(glb.primitive().contains("indices"));
  });
}

TEST(Glb, TheKhronosValidatorHasNothingAgainstThem) {
  if (const std::string why = testing::judges_missing(); !why.empty()) GTEST_SKIP() << why;
  testing::expect_property({4, 100}, [](testing::Dice& dice) {
    const testing::TempFolder folder;
    ASSERT_TRUE(write_glb(folder / "mesh.glb", testing::any_mesh(dice), RigOrigin::gravity));
    EXPECT_EQ(validator_problems(folder / "mesh.glb"), "");
    ASSERT_TRUE(write_glb(folder / "cloud.glb", testing::any_cloud(dice), RigOrigin::camera));
    EXPECT_EQ(validator_problems(folder / "cloud.glb"), "");
  });
}

TEST(Glb, TheKhronosValidatorFindsWhatIsWrong) {
  if (const std::string why = testing::judges_missing(); !why.empty()) GTEST_SKIP() << why;
  const testing::TempFolder folder;
  TriangleMesh mesh;
  mesh.vertices = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
  mesh.triangles = {{0, 1, 2}};
  ASSERT_TRUE(write_glb(folder / "a.glb", mesh, RigOrigin::gravity));
  std::string file = testing::read_file(folder / "a.glb");
  const float far = 7;  // the last vertex is then outside the bounds that the file says
  std::memcpy(file.data() + file.size() - 12 - 12, &far, sizeof far);
  testing::write_file(folder / "broken.glb", file);
  EXPECT_THAT(validator_problems(folder / "broken.glb"), HasSubstr("ACCESSOR_MAX_MISMATCH"));
}

TEST(Glb, YIsUpWhateverDefinesTheRig) {
  const Eigen::Vector3d up(0, 1, 0);
  EXPECT_LT((gltf_from_rig(RigOrigin::camera) * Eigen::Vector3d(0, -1, 0) - up).norm(), 1e-12);
  for (const RigOrigin origin : {RigOrigin::gravity, RigOrigin::floor, RigOrigin::board})
    EXPECT_LT((gltf_from_rig(origin) * Eigen::Vector3d(0, 0, 1) - up).norm(), 1e-12);

  const testing::TempFolder folder;
  PointCloud cloud;
  cloud.points = {{0, 0, 1}};
  ASSERT_TRUE(write_glb(folder / "a.glb", cloud, RigOrigin::floor));
  const Glb glb = read_glb(testing::read_file(folder / "a.glb"));
  const auto turn = glb.json["nodes"][0]["rotation"].get<std::vector<double>>();
  // A quarter turn about -x, as glTF writes it: x, y, z, w.
  EXPECT_THAT(turn, ::testing::ElementsAre(::testing::DoubleNear(-std::sqrt(0.5), 1e-12), 0, 0,
                                           ::testing::DoubleNear(std::sqrt(0.5), 1e-12)));
}

TEST(Glb, NothingIsNoFile) {
  const testing::TempFolder folder;
  EXPECT_EQ(write_glb(folder / "a.glb", PointCloud{}, RigOrigin::camera).error().code,
            Errc::invalid_argument);
  EXPECT_EQ(write_glb(folder / "a.glb", TriangleMesh{}, RigOrigin::camera).error().code,
            Errc::invalid_argument);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lockstep
