// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// Every element id that recordings use, with its length marker as on disk
// (docs/recording-format.md).

namespace lockstep::mkv::id {

inline constexpr uint32_t kEbml = 0x1A45DFA3;
inline constexpr uint32_t kEbmlVersion = 0x4286;
inline constexpr uint32_t kEbmlReadVersion = 0x42F7;
inline constexpr uint32_t kEbmlMaxIdLength = 0x42F2;
inline constexpr uint32_t kEbmlMaxSizeLength = 0x42F3;
inline constexpr uint32_t kDocType = 0x4282;
inline constexpr uint32_t kDocTypeVersion = 0x4287;
inline constexpr uint32_t kDocTypeReadVersion = 0x4285;
inline constexpr uint32_t kVoid = 0xEC;
inline constexpr uint32_t kCrc32 = 0xBF;

inline constexpr uint32_t kSegment = 0x18538067;
inline constexpr uint32_t kSeekHead = 0x114D9B74;
inline constexpr uint32_t kSeek = 0x4DBB;
inline constexpr uint32_t kSeekId = 0x53AB;
inline constexpr uint32_t kSeekPosition = 0x53AC;

inline constexpr uint32_t kInfo = 0x1549A966;
inline constexpr uint32_t kTimestampScale = 0x2AD7B1;
inline constexpr uint32_t kMuxingApp = 0x4D80;
inline constexpr uint32_t kWritingApp = 0x5741;
inline constexpr uint32_t kDateUtc = 0x4461;
inline constexpr uint32_t kTitle = 0x7BA9;
inline constexpr uint32_t kDuration = 0x4489;

inline constexpr uint32_t kTracks = 0x1654AE6B;
inline constexpr uint32_t kTrackEntry = 0xAE;
inline constexpr uint32_t kTrackNumber = 0xD7;
inline constexpr uint32_t kTrackUid = 0x73C5;
inline constexpr uint32_t kTrackType = 0x83;
inline constexpr uint32_t kCodecId = 0x86;
inline constexpr uint32_t kTrackName = 0x536E;
inline constexpr uint32_t kCodecPrivate = 0x63A2;
inline constexpr uint32_t kDefaultDuration = 0x23E383;
inline constexpr uint32_t kVideo = 0xE0;
inline constexpr uint32_t kPixelWidth = 0xB0;
inline constexpr uint32_t kPixelHeight = 0xBA;

inline constexpr uint32_t kAttachments = 0x1941A469;
inline constexpr uint32_t kAttachedFile = 0x61A7;
inline constexpr uint32_t kFileName = 0x466E;
inline constexpr uint32_t kFileMimeType = 0x4660;
inline constexpr uint32_t kFileData = 0x465C;
inline constexpr uint32_t kFileUid = 0x46AE;

inline constexpr uint32_t kTags = 0x1254C367;
inline constexpr uint32_t kTag = 0x7373;
inline constexpr uint32_t kTargets = 0x63C0;
inline constexpr uint32_t kTargetType = 0x63CA;
inline constexpr uint32_t kTagTrackUid = 0x63C5;
inline constexpr uint32_t kTagAttachmentUid = 0x63C6;
inline constexpr uint32_t kSimpleTag = 0x67C8;
inline constexpr uint32_t kTagName = 0x45A3;
inline constexpr uint32_t kTagString = 0x4487;

inline constexpr uint32_t kCluster = 0x1F43B675;
inline constexpr uint32_t kTimestamp = 0xE7;
inline constexpr uint32_t kSimpleBlock = 0xA3;
inline constexpr uint32_t kBlockGroup = 0xA0;
inline constexpr uint32_t kBlock = 0xA1;
inline constexpr uint32_t kBlockDuration = 0x9B;

inline constexpr uint32_t kCues = 0x1C53BB6B;
inline constexpr uint32_t kCuePoint = 0xBB;
inline constexpr uint32_t kCueTime = 0xB3;
inline constexpr uint32_t kCueTrackPositions = 0xB7;
inline constexpr uint32_t kCueTrack = 0xF7;
inline constexpr uint32_t kCueClusterPosition = 0xF1;
inline constexpr uint32_t kChapters = 0x1043A770;

}  // namespace lockstep::mkv::id
