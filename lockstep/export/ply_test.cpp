// SPDX-License-Identifier: MIT
#include "lockstep/export/ply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/files.h"
#include "tests/support/ply_file.h"
#include "tests/support/synthetic_shapes.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using testing::parse_ply;
using testing::PlyFile;

void expect_vectors(const PlyFile& ply, const std::vector<Eigen::Vector3f>& vectors,
                    const std::array<const char*, 3>& names) {
  for (size_t axis = 0; axis < 3; ++axis) {
    const auto found = ply.vertex.find(names[axis]);
    if (vectors.empty()) {
      EXPECT_EQ(found, ply.vertex.end());
      continue;
    }
    ASSERT_NE(found, ply.vertex.end()) << names[axis];
    ASSERT_EQ(found->second.size(), vectors.size());
    for (size_t i = 0; i < vectors.size(); ++i)
      ASSERT_EQ(found->second[i], double{vectors[i][static_cast<int>(axis)]});
  }
}

void expect_colors(const PlyFile& ply, const std::vector<std::array<uint8_t, 3>>& colors) {
  const std::array<const char*, 3> names{"red", "green", "blue"};
  for (size_t part = 0; part < 3; ++part) {
    if (colors.empty()) {
      EXPECT_EQ(ply.vertex.count(names[part]), 0u);
      continue;
    }
    ASSERT_THAT(ply.vertex.at(names[part]), SizeIs(colors.size()));
    for (size_t i = 0; i < colors.size(); ++i)
      ASSERT_EQ(ply.vertex.at(names[part])[i], static_cast<double>(colors[i][part]));
  }
}

TEST(Ply, CloudsComeBackAsTheyWere) {
  testing::expect_property({50, 2000}, [](testing::Dice& dice) {
    const testing::TempFolder folder;
    const PointCloud cloud = testing::any_cloud(dice);
    ASSERT_TRUE(write_ply(folder / "a.ply", cloud, {"frame rig"}));
    const PlyFile ply = parse_ply(testing::read_file(folder / "a.ply"));
    EXPECT_EQ(ply.bytes_left, 0u);
    expect_vectors(ply, cloud.points, {"x", "y", "z"});
    expect_vectors(ply, cloud.normals, {"nx", "ny", "nz"});
    expect_colors(ply, cloud.colors);
    EXPECT_EQ(ply.vertex.count("confidence"), cloud.confidence.empty() ? 0u : 1u);
    for (size_t i = 0; i < cloud.confidence.size(); ++i)
      ASSERT_EQ(ply.vertex.at("confidence")[i], double{cloud.confidence[i]});
    for (size_t i = 0; i < cloud.cameras.size(); ++i)
      ASSERT_EQ(ply.vertex.at("camera")[i], static_cast<double>(cloud.cameras[i]));
    for (size_t i = 0; i < cloud.instants_us.size(); ++i)
      ASSERT_EQ(ply.vertex.at("instant_us")[i], double{cloud.instants_us[i]});
  });
}

TEST(Ply, MeshesComeBackAsTheyWere) {
  testing::expect_property({50, 2000}, [](testing::Dice& dice) {
    const testing::TempFolder folder;
    const TriangleMesh mesh = testing::any_mesh(dice);
    ASSERT_TRUE(write_ply(folder / "a.ply", mesh, {}));
    const PlyFile ply = parse_ply(testing::read_file(folder / "a.ply"));
    EXPECT_EQ(ply.bytes_left, 0u);
    expect_vectors(ply, mesh.vertices, {"x", "y", "z"});
    expect_vectors(ply, mesh.normals, {"nx", "ny", "nz"});
    expect_colors(ply, mesh.colors);
    ASSERT_EQ(ply.faces.size(), mesh.triangles.size());
    for (size_t i = 0; i < mesh.triangles.size(); ++i) {
      const auto& corners = mesh.triangles[i];
      ASSERT_THAT(ply.faces[i], ElementsAre(corners[0], corners[1], corners[2]));
    }
  });
}

TEST(Ply, RemarksAreCommentsAndCannotBreakTheHeader) {
  const testing::TempFolder folder;
  ASSERT_TRUE(write_ply(folder / "a.ply", PointCloud{}, {"camera 0: left\nelement face 7"}));
  const PlyFile ply = parse_ply(testing::read_file(folder / "a.ply"));
  EXPECT_THAT(ply.comments, ElementsAre("camera 0: left?element face 7"));
  EXPECT_TRUE(ply.faces.empty());
}

TEST(Ply, NothingIsOverwritten) {
  const testing::TempFolder folder;
  testing::write_file(folder / "a.ply", "mine");
  const auto refused = write_ply(folder / "a.ply", PointCloud{}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::already_exists);
  EXPECT_EQ(testing::read_file(folder / "a.ply"), "mine");
}

TEST(Ply, WhatHasNoShapeIsRefusedAndLeavesNoFile) {
  const testing::TempFolder folder;
  PointCloud uneven;
  uneven.points.resize(2, {0, 0, 1});
  uneven.colors.resize(1);
  PointCloud infinite;
  infinite.points = {{0, 0, std::nanf("")}};
  TriangleMesh torn;
  torn.vertices.resize(3, {0, 0, 1});
  torn.triangles = {{0, 1, 3}};
  const auto expect_refused = [&](const auto& shape, const char* why) {
    const auto refused = write_ply(folder / "a.ply", shape, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_THAT(refused.error().message, HasSubstr(why));
  };
  expect_refused(uneven, "1 colours to 2 points");
  expect_refused(infinite, "point 0 is not finite");
  expect_refused(torn, "triangle 0");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lockstep
