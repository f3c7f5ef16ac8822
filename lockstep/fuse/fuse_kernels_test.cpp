// SPDX-License-Identifier: MIT
#include "lockstep/fuse/fuse_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "tests/support/transform_cases.h"

namespace lockstep {
namespace {

using testing::Dice;
using testing::expect_property;

/// What fuse_kernels.h says of growing, for one column.
uint16_t plain_grow(const std::vector<std::vector<uint16_t>>& rows, size_t column) {
  const uint16_t here = rows[1][column];
  if (here != 0 || column == 0 || column + 1 == rows[1].size()) return here;
  uint16_t farthest = 0;
  for (const auto& row : rows)
    farthest = std::max({farthest, row[column - 1], row[column], row[column + 1]});
  return farthest;
}

TEST(FuseKernels, GrowAsThePlainForm) {
  expect_property({200, 4000}, [](Dice& dice) {
    const auto count = static_cast<size_t>(dice.in(3, 100));
    const int holes = dice.in(1, 9);
    std::vector<std::vector<uint16_t>> rows(3, std::vector<uint16_t>(count));
    for (auto& row : rows) {
      // Also depths beyond what a signed number holds.
      for (uint16_t& depth : row)
        depth = static_cast<uint16_t>(dice.in(0, 10) < holes ? 0 : dice.in(1, 65'536));
    }
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<uint16_t> grown(count, 7);
      fuse_kernels(*kernels).grow(rows[0].data(), rows[1].data(), rows[2].data(),
                                  static_cast<int>(count), grown.data());
      for (size_t column = 0; column < count; ++column)
        RC_ASSERT(grown[column] == plain_grow(rows, column));
    }
  });
}

/// Numbers of columns of a row in their order: neighbours, with some left out.
std::vector<int32_t> some_columns(Dice& dice, int width, int left_out) {
  std::vector<int32_t> columns;
  for (int column = 0; column < width; ++column) {
    if (dice.in(0, 20) >= left_out) columns.push_back(column);
  }
  return columns;
}

template <typename Value>
std::vector<Value> with_room(std::vector<Value> row, Value filling) {
  row.resize(static_cast<size_t>(kRowRoom(static_cast<int>(row.size()))), filling);
  return row;
}

TEST(FuseKernels, PickAsThePlainForm) {
  expect_property({200, 4100}, [](Dice& dice) {
    const int width = dice.in(8, 100);
    std::vector<uint16_t> drawn(static_cast<size_t>(width)), grown = drawn;
    for (size_t i = 0; i < drawn.size(); ++i) {
      drawn[i] = static_cast<uint16_t>(dice.in(0, 3) == 0 ? 0 : dice.in(1, 65'536));
      grown[i] = static_cast<uint16_t>(drawn[i] != 0 ? drawn[i] : dice.in(0, 2) * 700);
    }
    const std::vector<int32_t> columns = some_columns(dice, width, dice.in(0, 15));
    // Whatever was left behind from the row before.
    const auto room = with_room(columns, int32_t{7});
    bool some = false;
    for (const int32_t column : columns) some |= grown[static_cast<size_t>(column)] != 0;
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<float> z(room.size()), doubt(room.size());
      const bool found = fuse_kernels(*kernels).pick(
          {drawn.data(), grown.data(), room.data(), static_cast<int>(columns.size()), 2.5F},
          z.data(), doubt.data());
      RC_ASSERT(found || !some);
      for (size_t i = 0; i < columns.size(); ++i) {
        const auto column = static_cast<size_t>(columns[i]);
        RC_ASSERT(z[i] == static_cast<float>(grown[column]));
        RC_ASSERT(doubt[i] == (drawn[column] == 0 ? 2.5F : 1.0F));
      }
    }
  });
}

TEST(FuseKernels, CompareAsThePlainForm) {
  expect_property({200, 4200}, [](Dice& dice) {
    const int width = dice.in(8, 60);
    std::vector<uint8_t> here(4 * static_cast<size_t>(width));
    for (uint8_t& value : here) value = static_cast<uint8_t>(dice.in(0, 256));
    const std::vector<int32_t> columns = some_columns(dice, width, dice.in(0, 15));
    const auto room = with_room(columns, int32_t{3});
    std::vector<uint8_t> there(4 * room.size());
    std::vector<float> doubt(room.size(), 1);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (dice.in(0, 5) == 0) continue;
      for (size_t channel = 0; channel < 4; ++channel)
        there[4 * i + channel] = static_cast<uint8_t>(dice.in(1, 256));
      doubt[i] = static_cast<float>(dice.in(1, 3));
    }
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<float> mismatch(room.size());
      fuse_kernels(*kernels).compare({here.data(), room.data(), there.data(), doubt.data(),
                                      static_cast<int>(columns.size()), 33},
                                     mismatch.data());
      for (size_t i = 0; i < columns.size(); ++i) {
        int apart = 0;
        for (size_t channel = 0; channel < 3; ++channel)
          apart += std::abs(here[4 * static_cast<size_t>(columns[i]) + channel] -
                            there[4 * i + channel]);
        const float expected = doubt[i] * static_cast<float>(apart) / 3;
        RC_ASSERT(std::abs(mismatch[i] - (there[4 * i + 3] == 0 ? 33 : expected)) < 1e-3F);
      }
    }
  });
}

TEST(FuseKernels, SettleWhatAtMostOneSaysSomethingAbout) {
  expect_property({200, 4300}, [](Dice& dice) {
    const auto count = static_cast<size_t>(dice.in(1, 40));
    const auto opinions = static_cast<size_t>(dice.in(1, 5));
    const int own = dice.in(-1, 1);
    std::vector<std::vector<float>> z(opinions), mismatch(opinions);
    std::vector<const float*> said(opinions), apart(opinions);
    for (size_t i = 0; i < opinions; ++i) {
      for (size_t at = 0; at < count; ++at) {
        z[i].push_back(static_cast<float>(std::max(0, dice.in(-5000, 3000))));
        mismatch[i].push_back(static_cast<float>(dice.in(0, 100)));
      }
      z[i] = with_room(z[i], 500.0F);
      mismatch[i] = with_room(mismatch[i], 1.0F);
      said[i] = z[i].data();
      apart[i] = mismatch[i].data();
    }
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<int32_t> opinion(z[0].size()), several(z[0].size());
      std::vector<float> chosen_z(z[0].size()), chosen_mismatch(z[0].size());
      several.resize(static_cast<size_t>(fuse_kernels(*kernels).settle(
          {said.data(), apart.data(), static_cast<int>(opinions), own, static_cast<int>(count), 20,
           60},
          {opinion.data(), chosen_z.data(), chosen_mismatch.data()}, several.data())));
      std::vector<int32_t> disputed;
      for (size_t at = 0; at < count; ++at) {
        std::vector<int> who;
        for (size_t i = 0; i < opinions; ++i) {
          if (z[i][at] > 0) who.push_back(static_cast<int>(i));
        }
        if (who.size() > 1) disputed.push_back(static_cast<int32_t>(at));
        if (who.size() > 1) continue;
        const auto one = who.empty() ? size_t{0} : static_cast<size_t>(who[0]);
        const float is = static_cast<int>(one) == own ? 20 : mismatch[one][at];
        const bool counts = !who.empty() && is <= 60;
        RC_ASSERT((opinion[at] >= 0) == counts);
        if (!counts) continue;
        RC_ASSERT(opinion[at] == static_cast<int32_t>(one));
        RC_ASSERT(chosen_z[at] == z[one][at]);
        RC_ASSERT(chosen_mismatch[at] == is);
      }
      RC_ASSERT(several == disputed);
    }
  });
}

TEST(FuseKernels, CompactAsThePlainForm) {
  expect_property({200, 4400}, [](Dice& dice) {
    const auto count = static_cast<size_t>(dice.in(1, 70));
    std::vector<uint8_t> kept(count);
    std::vector<float> ray_x(count), ray_y(count);
    std::vector<PackedReading> readings(count);
    const int share = dice.in(0, 11);
    for (size_t i = 0; i < count; ++i) {
      kept[i] = dice.in(0, 10) < share ? 1 : 0;
      ray_x[i] = static_cast<float>(dice.in(-500, 500)) / 400;
      ray_y[i] = static_cast<float>(dice.in(-500, 500)) / 400;
      readings[i] = static_cast<PackedReading>(dice.in(0, 1 << 30));
    }
    const auto all_kept = with_room(kept, uint8_t{0});
    const auto x = with_room(ray_x, 0.0F), y = with_room(ray_y, 0.0F);
    const auto packed = with_room(readings, PackedReading{0});
    for (const Kernels* kernels : usable_kernels()) {
      std::vector<int32_t> columns(x.size());
      std::vector<float> out_x(x.size()), out_y(x.size()), confidence(x.size());
      std::vector<uint16_t> depth(x.size());
      const int points = fuse_kernels(*kernels).compact(
          {all_kept.data(), x.data(), y.data(), packed.data(), static_cast<int>(count)},
          {columns.data(), out_x.data(), out_y.data(), depth.data(), confidence.data()});
      size_t at = 0;
      for (size_t i = 0; i < count; ++i) {
        if (kept[i] == 0) continue;
        RC_ASSERT(at < static_cast<size_t>(points));
        RC_ASSERT(columns[at] == static_cast<int32_t>(i));
        RC_ASSERT(out_x[at] == ray_x[i] && out_y[at] == ray_y[i]);
        RC_ASSERT(depth[at] == (readings[i] & 0xFFFF));
        RC_ASSERT(std::abs(confidence[at] - static_cast<float>(readings[i] >> 16 & 0xFF) / 255) <
                  1e-6F);
        ++at;
      }
      RC_ASSERT(at == static_cast<size_t>(points));
    }
  });
}

TEST(FuseKernels, KeepAsThePlainForm) {
  expect_property({200, 4500}, [](Dice& dice) {
    const auto count = static_cast<size_t>(dice.in(1, 70));
    std::vector<uint8_t> shown(count);
    std::vector<PackedReading> readings(count);
    for (size_t i = 0; i < count; ++i) {
      shown[i] = static_cast<uint8_t>(dice.in(0, 2));
      const int depth = dice.in(0, 3) == 0 ? 0 : dice.in(1, 65'536);
      readings[i] =
          static_cast<PackedReading>(depth) | static_cast<PackedReading>(dice.in(0, 1 << 16)) << 16;
    }
    const auto all_shown = with_room(shown, uint8_t{1});
    for (const Kernels* kernels : usable_kernels()) {
      auto packed = with_room(readings, PackedReading{0});
      std::vector<uint8_t> kept(packed.size());
      fuse_kernels(*kernels).keep(all_shown.data(), static_cast<int>(count), packed.data(),
                                  kept.data());
      for (size_t i = 0; i < count; ++i) {
        const PackedReading confidence = readings[i] >> 16 & 0xFF;
        const PackedReading counts = shown[i] != 0 ? confidence : confidence >> kUncoloredShift;
        RC_ASSERT(packed[i] == ((readings[i] & 0xFF00'FFFF) | counts << 16));
        RC_ASSERT(kept[i] == static_cast<uint8_t>(shown[i] != 0 && (readings[i] & 0xFFFF) != 0));
      }
    }
  });
}

}  // namespace
}  // namespace lockstep
