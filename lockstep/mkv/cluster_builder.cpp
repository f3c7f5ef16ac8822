// SPDX-License-Identifier: MIT
#include "lockstep/mkv/cluster_builder.h"

#include <cassert>

#include "lockstep/mkv/element_writer.h"
#include "lockstep/mkv/ids.h"
#include "lockstep/mkv/vint.h"

namespace lockstep::mkv {
namespace {

void put_block_head(Bytes& out, uint64_t track, int16_t relative_time, uint8_t flags) {
  put_vint(out, track);
  const auto time = static_cast<uint16_t>(relative_time);
  out.push_back(static_cast<std::byte>(time >> 8));
  out.push_back(static_cast<std::byte>(time & 0xFF));
  out.push_back(static_cast<std::byte>(flags));
}

}  // namespace

void ClusterBuilder::start(uint64_t time) {
  time_ = time;
  empty_ = true;
  block_bytes_ = 0;
  heads_.clear();
  blocks_.clear();
  ElementWriter out;
  out.bytes().swap(guarded_);
  out.bytes().clear();
  out.put_uint(id::kTimestamp, time);
  guarded_.swap(out.bytes());
  crc_ = crc32(0, guarded_);
}

void ClusterBuilder::add_block_group(uint64_t track, int16_t relative_time, uint8_t flags,
                                     ByteView payload, uint64_t duration) {
  assert(blocks_.empty());
  Bytes head;
  put_block_head(head, track, relative_time, flags);
  ElementWriter tail;
  tail.put_uint(id::kBlockDuration, duration);
  const uint64_t block = head.size() + payload.size();
  const uint64_t group = 1 + static_cast<uint64_t>(vint_length(block)) + block + tail.size();

  const size_t before = guarded_.size();
  put_id(guarded_, id::kBlockGroup);
  put_vint(guarded_, group);
  put_id(guarded_, id::kBlock);
  put_vint(guarded_, block);
  guarded_.insert(guarded_.end(), head.begin(), head.end());
  guarded_.insert(guarded_.end(), payload.begin(), payload.end());
  guarded_.insert(guarded_.end(), tail.bytes().begin(), tail.bytes().end());
  crc_ = crc32(crc_, ByteView(guarded_).subspan(before));
  empty_ = false;
}

void ClusterBuilder::add_simple_block(uint64_t track, int16_t relative_time, uint8_t flags,
                                      ByteView payload) {
  const uint32_t crc = put_simple_head(track, relative_time, flags, payload.size());
  end_block(payload, crc32(crc, payload));
}

uint32_t ClusterBuilder::begin_block(uint64_t track, int16_t relative_time, uint64_t size) {
  return put_simple_head(track, relative_time, kKeyFrame, size);
}

uint32_t ClusterBuilder::put_simple_head(uint64_t track, int16_t relative_time, uint8_t flags,
                                         uint64_t size) {
  const size_t before = heads_.size();
  put_id(heads_, id::kSimpleBlock);
  put_vint(heads_, static_cast<uint64_t>(vint_length(track)) + 3 + size);
  put_block_head(heads_, track, relative_time, flags);
  const size_t head_size = heads_.size() - before;
  blocks_.push_back({before, head_size, {}});
  block_bytes_ += head_size + size;
  empty_ = false;
  return crc32(crc_, ByteView(heads_).subspan(before));
}

void ClusterBuilder::end_block(ByteView payload, uint32_t running_crc) {
  blocks_.back().payload = payload;
  crc_ = running_crc;
}

void ClusterBuilder::collect(Bytes& head, std::vector<ByteView>& pieces) const {
  put_id(head, id::kCluster);
  put_vint(head, body_bytes());
  put_crc32_element(head, crc_);
  pieces.push_back(head);
  pieces.push_back(guarded_);
  for (const Block& block : blocks_) {
    pieces.push_back(ByteView(heads_).subspan(block.head_offset, block.head_size));
    if (!block.payload.empty()) pieces.push_back(block.payload);
  }
}

}  // namespace lockstep::mkv
