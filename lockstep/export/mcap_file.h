// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lockstep/base/files.h"
#include "lockstep/base/result.h"
#include "lockstep/time/clock.h"

namespace lockstep {

using McapChannel = uint16_t;

/// Writes an MCAP file (https://mcap.dev/spec): chunks compressed by zstd with a CRC and message
/// indexes, and at the end a summary with schemas, channels, chunk indexes and statistics. Holds
/// one chunk and, of every chunk written, some tens of bytes per channel. The file is there whole
/// or not at all, and nothing is overwritten. Thread-bound. Errors: those of WholeFile.
class McapFile {
 public:
  /// `profile` and `library` stand in the header.
  static Result<McapFile> begin(const std::filesystem::path& path, std::string_view profile,
                                std::string_view library);

  using Metadata = std::vector<std::pair<std::string, std::string>>;
  /// A stream of messages under a topic. `schema` is the text of the type `type`; channels of one
  /// type share it.
  McapChannel add_channel(const std::string& topic, const std::string& type,
                          const std::string& schema_encoding, const std::string& schema,
                          const std::string& message_encoding, const Metadata& metadata);
  /// A record of names and values that belongs to the whole file; before the first message.
  Result<void> add_metadata(const std::string& name, const Metadata& values);

  /// `time` is its log time and its publish time; one before zero counts as zero.
  Result<void> write(McapChannel channel, RigTime time, std::string_view message);
  [[nodiscard]] uint64_t messages() const;
  /// Once, and nothing after it; returns the bytes of the file.
  Result<uint64_t> finish();

 private:
  struct Times {
    uint64_t first = UINT64_MAX, last = 0;
    void add(uint64_t time);
    [[nodiscard]] uint64_t start() const { return first == UINT64_MAX ? 0 : first; }
  };
  struct Chunk {
    std::string records;
    Times times;
    std::map<McapChannel, std::string> index;  ///< pairs of time and offset
  };

  explicit McapFile(WholeFile file) : file_(std::move(file)) {}
  Result<void> write_chunk();
  [[nodiscard]] std::string statistics() const;

  WholeFile file_;
  Chunk chunk_;
  std::map<std::string, uint16_t> schema_ids_;
  std::string schemas_, channels_;  ///< records, for the summary
  std::string chunk_indexes_, metadata_indexes_;
  std::map<McapChannel, uint64_t> counts_;
  uint32_t chunks_ = 0, metadata_ = 0;
  Times times_;
};

}  // namespace lockstep
