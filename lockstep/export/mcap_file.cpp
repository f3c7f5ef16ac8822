// SPDX-License-Identifier: MIT
#include "lockstep/export/mcap_file.h"

#include <libdeflate.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "lockstep/export/append.h"

namespace lockstep {
namespace {

constexpr std::string_view kMagic("\x89MCAP0\r\n", 8);
constexpr size_t kChunkBytes = size_t{4} << 20;
constexpr int kZstdLevel = 1;

// Records of the format, as it numbers them.
enum Record : uint8_t {
  kHeader = 0x01,
  kFooter = 0x02,
  kSchema = 0x03,
  kChannel = 0x04,
  kMessage = 0x05,
  kChunk = 0x06,
  kMessageIndex = 0x07,
  kChunkIndex = 0x08,
  kStatistics = 0x0B,
  kMetadata = 0x0C,
  kMetadataIndex = 0x0D,
  kSummaryOffset = 0x0E,
  kDataEnd = 0x0F,
};

uint32_t crc_of(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

void append_text(std::string& to, std::string_view text) {
  append(to, static_cast<uint32_t>(text.size()));
  to += text;
}

void append_record(std::string& to, Record kind, std::string_view content) {
  append(to, static_cast<uint8_t>(kind));
  append(to, uint64_t{content.size()});
  to += content;
}

std::string record(Record kind, std::string_view content) {
  std::string bytes;
  append_record(bytes, kind, content);
  return bytes;
}

/// A map of texts, behind its length.
void append_map(std::string& to, const McapFile::Metadata& values) {
  std::string map;
  for (const auto& [key, value] : values) {
    append_text(map, key);
    append_text(map, value);
  }
  append_text(to, map);
}

std::string compressed(std::string_view bytes) {
  std::string smaller(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size =
      ZSTD_compress(smaller.data(), smaller.size(), bytes.data(), bytes.size(), kZstdLevel);
  smaller.resize(ZSTD_isError(size) != 0 ? 0 : size);
  return smaller;
}

}  // namespace

void McapFile::Times::add(uint64_t time) {
  first = std::min(first, time);
  last = std::max(last, time);
}

Result<McapFile> McapFile::begin(const std::filesystem::path& path, std::string_view profile,
                                 std::string_view library) {
  auto file = WholeFile::begin(path);
  if (!file) return std::move(file).error();
  std::string header;
  append_text(header, profile);
  append_text(header, library);
  if (auto written = file->write(std::string(kMagic) + record(kHeader, header)); !written)
    return std::move(written).error();
  return McapFile(*std::move(file));
}

McapChannel McapFile::add_channel(const std::string& topic, const std::string& type,
                                  const std::string& schema_encoding, const std::string& schema,
                                  const std::string& message_encoding, const Metadata& metadata) {
  const auto next_schema = static_cast<uint16_t>(schema_ids_.size() + 1);  // zero means none
  const auto [known, is_new] = schema_ids_.emplace(type, next_schema);
  if (is_new) {
    std::string content;
    append(content, known->second);
    append_text(content, type);
    append_text(content, schema_encoding);
    append_text(content, schema);
    append_record(schemas_, kSchema, content);
    append_record(chunk_.records, kSchema, content);
  }
  const auto id = static_cast<McapChannel>(counts_.size());
  counts_[id] = 0;
  std::string content;
  append(content, id);
  append(content, known->second);
  append_text(content, topic);
  append_text(content, message_encoding);
  append_map(content, metadata);
  append_record(channels_, kChannel, content);
  append_record(chunk_.records, kChannel, content);
  return id;
}

Result<void> McapFile::add_metadata(const std::string& name, const Metadata& values) {
  std::string content;
  append_text(content, name);
  append_map(content, values);
  const std::string bytes = record(kMetadata, content);
  std::string index;
  append(index, file_.size());
  append(index, uint64_t{bytes.size()});
  append_text(index, name);
  append_record(metadata_indexes_, kMetadataIndex, index);
  ++metadata_;
  return file_.write(bytes);
}

Result<void> McapFile::write(McapChannel channel, RigTime time, std::string_view message) {
  const auto log_time =
      static_cast<uint64_t>(std::max<int64_t>(time.time_since_epoch().count(), 0));
  std::string& index = chunk_.index[channel];
  append(index, log_time);
  append(index, uint64_t{chunk_.records.size()});
  std::string& to = chunk_.records;
  append(to, static_cast<uint8_t>(kMessage));
  append(to, uint64_t{2 + 4 + 8 + 8 + message.size()});
  append(to, channel);
  append(to, static_cast<uint32_t>(counts_[channel]++));
  append(to, log_time);  // logged
  append(to, log_time);  // published
  to += message;
  chunk_.times.add(log_time);
  times_.add(log_time);
  if (to.size() < kChunkBytes) return {};
  return write_chunk();
}

Result<void> McapFile::write_chunk() {
  const Chunk chunk = std::exchange(chunk_, {});
  const std::string smaller = compressed(chunk.records);
  const std::string_view compression = smaller.empty() ? "" : "zstd";
  const std::string_view records = smaller.empty() ? chunk.records : smaller;
  std::string content;
  append(content, chunk.times.start());
  append(content, chunk.times.last);
  append(content, uint64_t{chunk.records.size()});
  append(content, crc_of(chunk.records));
  append_text(content, compression);
  append(content, uint64_t{records.size()});
  content += records;
  std::string bytes = record(kChunk, content);
  const uint64_t start = file_.size(), length = bytes.size();
  std::string offsets;
  for (const auto& [channel, index] : chunk.index) {
    append(offsets, channel);
    append(offsets, start + bytes.size());
    std::string entry;
    append(entry, channel);
    append_text(entry, index);
    append_record(bytes, kMessageIndex, entry);
  }
  std::string index;
  append(index, chunk.times.start());
  append(index, chunk.times.last);
  append(index, start);
  append(index, length);
  append_text(index, offsets);
  append(index, uint64_t{bytes.size()} - length);
  append_text(index, compression);
  append(index, uint64_t{records.size()});
  append(index, uint64_t{chunk.records.size()});
  append_record(chunk_indexes_, kChunkIndex, index);
  ++chunks_;
  return file_.write(bytes);
}

uint64_t McapFile::messages() const {
  uint64_t count = 0;
  for (const auto& [channel, messages] : counts_) count += messages;
  return count;
}

std::string McapFile::statistics() const {
  std::string content, counts;
  append(content, messages());
  append(content, static_cast<uint16_t>(schema_ids_.size()));
  append(content, static_cast<uint32_t>(counts_.size()));
  append(content, uint32_t{0});  // attachments
  append(content, metadata_);
  append(content, chunks_);
  append(content, times_.start());
  append(content, times_.last);
  for (const auto& [channel, messages] : counts_) {
    append(counts, channel);
    append(counts, messages);
  }
  append_text(content, counts);
  return record(kStatistics, content);
}

Result<uint64_t> McapFile::finish() {
  if (!chunk_.records.empty()) {
    if (auto written = write_chunk(); !written) return std::move(written).error();
  }
  std::string data_end;
  append(data_end, uint32_t{0});  // no CRC of all: each chunk has its own
  if (auto written = file_.write(record(kDataEnd, data_end)); !written)
    return std::move(written).error();

  const uint64_t summary_start = file_.size();
  std::string summary, offsets;
  const std::string statistics_record = statistics();
  const std::array<std::pair<Record, const std::string*>, 5> groups{
      {{kSchema, &schemas_},
       {kChannel, &channels_},
       {kStatistics, &statistics_record},
       {kChunkIndex, &chunk_indexes_},
       {kMetadataIndex, &metadata_indexes_}}};
  for (const auto& [kind, group] : groups) {
    if (group->empty()) continue;
    std::string offset;
    append(offset, static_cast<uint8_t>(kind));
    append(offset, summary_start + summary.size());
    append(offset, uint64_t{group->size()});
    append_record(offsets, kSummaryOffset, offset);
    summary += *group;
  }
  const uint64_t offsets_start = summary_start + summary.size();
  summary += offsets;
  append(summary, static_cast<uint8_t>(kFooter));
  append(summary, uint64_t{8 + 8 + 4});
  append(summary, summary_start);
  append(summary, offsets_start);
  append(summary, crc_of(summary));
  summary += kMagic;
  if (auto written = file_.write(summary); !written) return std::move(written).error();
  if (auto finished = file_.finish(ExistingFile::refuse); !finished)
    return std::move(finished).error();
  return file_.size();
}

}  // namespace lockstep
