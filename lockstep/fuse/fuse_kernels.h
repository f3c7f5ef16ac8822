// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "lockstep/fuse/voxel_blocks.h"
#include "lockstep/transform/kernels.h"

// The inner loops of fusing, in several builds like those of the transformations
// (transform/kernels.h), with which they share the lens model.

namespace lockstep {

/// Rows of depth as numbers, millimetres, 0 for no reading. Before and behind each there is room
/// for kRowMargin numbers, which are 0.
struct DepthRows {
  const float *above, *here, *below;
};
constexpr int kRowMargin = 16;

/// What a row of readings is rated by.
struct RateJob {
  DepthRows depth;
  /// Rays of the row; before and behind each row there is another one, or room.
  const float *ray_x, *ray_y, *ray_y_above, *ray_y_below;
  const uint16_t* infrared;  ///< null: not known
  int count;
  float largest_slope;  ///< what lies farther apart than this share of its depth is a jump
  float offset_mm;      ///< to be taken off every reading
};

/// One pixel of a clean depth image: the reading (millimetres) in its low 16 bits, then 8 bits of
/// confidence, then 8 bits of how much nearer the nearest of its eight neighbours is: so many times
/// kNearerStepMm, kNearerUnknown where that is more or one of them is not there.
using PackedReading = uint32_t;
constexpr int kNearerStepMm = 4;
constexpr int kNearerUnknown = 255;

/// A depth camera as another view looks into it.
struct DepthSight {
  Lens<float> lens;
  Motion<float> mm;  ///< to the depth camera from the other view, millimetres
  const PackedReading* readings;
  int width, height;
};

/// What a depth camera has where points of another view lie in its image: how far they are along
/// its axis, its reading there, that one's confidence, and the least of its neighbourhood, 0 where
/// that is not known: what is farther in front is certainly seen through. All 0 where a point lies
/// beside the image, all but the first where nothing is read.
struct SeenThere {
  float *z, *reading, *confidence, *least;
};

/// Readings of a row and whether they are still `kept` (1), or another camera has better ones.
struct ContestJob {
  const float *ray_x, *ray_y;
  const PackedReading* readings;
  int count;
  uint8_t* kept;
  bool wins_ties;
};

/// Readings of a row as a colour camera sees them: in which cell of its image each lies, and how
/// far along its axis, millimetres; 0 and 0 beside the image.
struct CellJob {
  Lens<float> lens;
  Motion<float> mm;
  const float *ray_x, *ray_y;
  const uint16_t* depth;
  int count;
  float cells_per_px, width, height;  ///< the latter of the image
  int stride;                         ///< cells of a row; the first row and column stay empty
};

/// Which readings a colour camera shows.
struct ShownJob {
  const uint16_t* nearest;  ///< of a cell and those around it, less one
  const int32_t* cell;      ///< of each reading; 0 beside the image
  const uint16_t* z;        ///< as the colour camera sees it; 0 beside the image
  int count;
  int hidden_mm,
      hidden_shift;  ///< so far, and 2^-hidden_shift of z, behind the nearest it is hidden
};

/// What a reading without a colour counts against others: its confidence's 2^-kUncoloredShift.
constexpr int kUncoloredShift = 3;

/// Readings of a row of which some are kept.
struct KeptRow {
  const uint8_t* kept;  ///< 1 for each that is kept, else 0
  const float *ray_x, *ray_y;
  const PackedReading* readings;
  int count;
};
/// Those that are kept, one after the other; there is room for all.
struct KeptReadings {
  int32_t* columns;
  float *ray_x, *ray_y;
  uint16_t* depth;
  float* confidence;  ///< 0..1
};

/// Readings of a row as points.
struct PointJob {
  Motion<float> metres;  ///< to where the points are wanted
  const float *ray_x, *ray_y;
  const uint16_t* depth;
  int count;
  float residual_mm;  ///< that is added to every reading
};

/// What two cameras say of one surface differs by less than this and a share of the depth: its
/// 2^-kSameSurfaceShift.
constexpr int kSameSurfaceMm = 20;
constexpr int kSameSurfaceShift = 6;

/// What lies so much, and this share of its depth, in front of what a camera reads is seen through:
/// more than a surface that is met at a flat angle, between two pixels, and the poses of the
/// cameras make.
constexpr float kThroughMm = 25, kThroughShare = 0.015F;

/// One row of a view that is filled: one layer from each camera, millimetres, 0 for nothing.
struct ChooseJob {
  const uint16_t* own;  ///< null: the view's own camera is not there
  const uint16_t* const* others;
  int other_count, count;
  uint16_t* depth;    ///< gets the own depth where no other camera has anything nearer
  int32_t* doubtful;  ///< gets the columns of the other pixels that some camera has something at
};

/// A row of a view and what its own camera read there, 0 for nothing.
struct OwnRow {
  const float *ray_x, *ray_y;
  const uint16_t* depth;
  int count;
  uint8_t camera;
};

/// A layer in some columns of a row.
struct PickJob {
  const uint16_t *drawn, *grown;  ///< as it is, and as it is asked for
  const int32_t* columns;
  int count;
  float grown_doubt;
};

/// Colours of a row of the view, and what another camera has in their place.
struct CompareJob {
  const uint8_t* here;     ///< BGRA of the row
  const int32_t* columns;  ///< that are compared
  const uint8_t* there;    ///< BGRA for each of them; 0 where it is not known
  const float* doubt;      ///< for each of them, so many times as much apart it counts
  int count;
  float unknown;  ///< what is said where the colour is not known
};

/// What cameras say about some pixels.
struct SettleJob {
  const float* const* z;         ///< each camera's; 0: it says nothing
  const float* const* mismatch;  ///< the same
  int opinions;
  int own;  ///< the number of the view's own camera among them, or -1
  int count;
  float own_mismatch;   ///< that the own camera's opinion has
  float most_mismatch;  ///< with which an opinion counts
};

/// Whose opinion counts, -1 for nobody's, and what it says.
struct Choices {
  int32_t* opinion;
  float *z, *mismatch;
};

/// What a camera saw at a tick, for the voxels of the rig's frame.
struct IntegrateJob {
  Lens<float> lens, color_lens;
  Motion<float> mm, color_mm;  ///< from the frame of the rig, millimetres
  /// Reading, confidence, and in the highest bit whether the colour image shows it.
  const uint32_t* readings;
  int width, height;
  float residual_mm;    ///< that is added to every reading
  const uint8_t* bgra;  ///< null: no colours
  int color_width, color_height;
  float voxel_mm, truncation_mm;
  float color_band;  ///< share of the truncation in which voxels take a colour
  float most_weight;
};

/// How readings become places of blocks.
struct PlacesJob {
  Motion<float> blocks;  ///< from the depth camera, millimetres, to the rig, blocks
  float shift_mm;        ///< that is added to every reading
};

/// Rows are worked on in whole vectors: where nothing else is said, up to kRowMargin more than
/// `count` of what is given are read and of what is to be written are written, with any value.
struct FuseKernels {
  const char* name;

  /// Readings as numbers; 0 where a ray is not there. No more than `count`.
  void (*numbers)(const uint16_t* depth, const float* ray_x, int count, float* out);
  /// A row without what lies between two surfaces, from both of which it is a jump away.
  void (*drop_mixed)(const DepthRows&, int count, float largest_slope, float* out);
  /// The readings of a row that no jump divides from what is nearer, and their confidence.
  void (*rate)(const RateJob&, uint16_t* depth, uint8_t* confidence);

  /// The least of every reading of a row and its eight neighbours, 0 where one of them is not
  /// there. `count` is at least 3, and no more is touched.
  void (*least_of_nine)(const uint16_t* above, const uint16_t* here, const uint16_t* below,
                        int count, uint16_t* out);

  /// A row, and where it has nothing the farthest of the eight neighbours. `count` is at least 3,
  /// and no more is touched.
  void (*grow)(const uint16_t* above, const uint16_t* here, const uint16_t* below, int count,
               uint16_t* out);

  /// The mean of every reading of a row and the opposite neighbours that both lie on one surface
  /// with it.
  void (*smooth)(const uint16_t* above, const uint16_t* here, const uint16_t* below, int count,
                 float largest_slope, uint16_t* out);

  /// No more than `count`.
  void (*pack)(const uint16_t* depth, const uint8_t* confidence, const uint16_t* least, int count,
               PackedReading* out);

  void (*look)(const DepthSight&, const float* ray_x, const float* ray_y, const float* z, int count,
               SeenThere out);
  /// Lets go of what `there` has better: a duplicate, or what it sees through.
  void (*contest)(const DepthSight& there, const ContestJob&);
  void (*cells)(const CellJob&, int32_t* cell, uint16_t* z);
  /// 1 for each that is shown, else 0.
  void (*shown)(const ShownJob&, uint8_t* shown);
  /// Keeps, with 1, the readings that are shown, and takes off what the others count less.
  void (*keep)(const uint8_t* shown, int count, PackedReading* readings, uint8_t* kept);
  /// Returns how many are kept: of `count`, whatever is behind.
  int (*compact)(const KeptRow&, const KeptReadings&);
  /// x, y and z of one point after the other; no more than `count` are written.
  void (*place)(const PointJob&, float* xyz);

  /// Red, green and blue of pixels. No more than `count`.
  void (*rgb)(const uint8_t* bgra, int count, uint8_t* rgb);

  /// Adds what is seen of a block whose first voxel lies at `origin_mm`.
  void (*integrate)(const IntegrateJob&, const float* origin_mm, VoxelBlock&);
  void (*block_places)(const PlacesJob&, const float* ray_x, const float* ray_y,
                       const uint16_t* depth, int count, int32_t* x, int32_t* y, int32_t* z);

  /// Returns how many are doubtful.
  int (*choose)(const ChooseJob&);
  /// Writes whose reading each pixel is, kNoCamera where nothing is read, and its confidence, at
  /// least 1: of two columns together that of the reading in the left one's place.
  void (*rate_own)(const DepthSight&, const OwnRow&, uint8_t* camera, uint8_t* confidence);
  /// The grown layer, and for each column grown_doubt where only growing gave it something, else 1.
  /// Returns whether there is anything.
  bool (*pick)(const PickJob&, float* z, float* doubt);
  /// Sets to 0 what lies in front of what is read there.
  void (*drop_seen_through)(const DepthSight&, const float* ray_x, const float* ray_y, float* z,
                            int count);
  /// How far apart the colours are, the mean of the channels.
  void (*compare)(const CompareJob&, float* mismatch);
  /// Chooses where at most one camera says something, and returns of how many pixels several do.
  int (*settle)(const SettleJob&, const Choices&, int32_t* several);
};

/// Those that belong to kernels of the transformations, by their name.
[[nodiscard]] const FuseKernels& fuse_kernels(const Kernels& kernels);

}  // namespace lockstep
