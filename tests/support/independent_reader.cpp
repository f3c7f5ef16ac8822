// SPDX-License-Identifier: MIT
#include "tests/support/independent_reader.h"

#include <ebml/EbmlHead.h>
#include <ebml/EbmlStream.h>
#include <ebml/EbmlSubHead.h>
#include <ebml/MemReadIOCallback.h>
#include <matroska/KaxAttachments.h>
#include <matroska/KaxBlock.h>
#include <matroska/KaxCluster.h>
#include <matroska/KaxCues.h>
#include <matroska/KaxSegment.h>
#include <matroska/KaxTags.h>
#include <matroska/KaxTracks.h>

#include <exception>
#include <memory>

namespace lockstep::testing {
namespace {

using libebml::EbmlElement;
using libebml::EbmlMaster;
using libebml::EbmlStream;

template <typename T>
const T* child(const EbmlElement& parent) {
  for (const EbmlElement* element : static_cast<const EbmlMaster&>(parent).GetElementList()) {
    if (const auto* wanted = dynamic_cast<const T*>(element)) return wanted;
  }
  return nullptr;
}

class Walker {
 public:
  explicit Walker(std::string_view file, IndependentWalk& walk)
      : io_(file.data(), file.size()), stream_(io_), size_(file.size()), walk_(walk) {}

  void run() {
    const std::unique_ptr<EbmlElement> head(
        stream_.FindNextID(EBML_INFO(libebml::EbmlHead), size_));
    if (!head) {
      walk_.error = "no EBML head";
      return;
    }
    read(*head);
    if (const auto* type = child<libebml::EDocType>(*head)) walk_.doc_type = type->GetValue();
    const std::unique_ptr<EbmlElement> segment(
        stream_.FindNextID(EBML_INFO(libmatroska::KaxSegment), size_));
    if (!segment) {
      walk_.error = "no segment";
      return;
    }
    while (true) {
      int upper_level = 0;
      const std::unique_ptr<EbmlElement> element(stream_.FindNextElement(
          EBML_CONTEXT(segment), upper_level, size_ - io_.getFilePointer(), true));
      if (!element || upper_level > 0) return;
      if (dynamic_cast<libebml::EbmlMaster*>(element.get()) != nullptr) {
        read(*element);
        take(*element);
      } else {
        element->SkipData(stream_, EBML_CONTEXT(element.get()));
      }
    }
  }

 private:
  void read(EbmlElement& element) {
    int upper_level = 0;
    EbmlElement* found = nullptr;
    element.Read(stream_, EBML_CONTEXT(&element), upper_level, found, true);
    // An element that Read met behind this one belongs to nobody; its place is read again.
    if (found != nullptr) {
      io_.setFilePointer(static_cast<int64_t>(found->GetElementPosition()));
      delete found;
    }
  }

  void take(EbmlElement& element) {
    if (dynamic_cast<libmatroska::KaxCues*>(&element) != nullptr) walk_.has_cues = true;
    if (const auto* duration = child<libmatroska::KaxDuration>(element)) {
      walk_.duration = static_cast<double>(*duration);
    }
    for (EbmlElement* entry : static_cast<EbmlMaster&>(element).GetElementList()) {
      if (dynamic_cast<libmatroska::KaxTrackEntry*>(entry) != nullptr) {
        if (const auto* name = child<libmatroska::KaxTrackName>(*entry)) {
          walk_.track_names.push_back(name->GetValueUTF8());
        }
      }
      if (dynamic_cast<libmatroska::KaxTag*>(entry) != nullptr) take_tag(*entry);
      if (dynamic_cast<libmatroska::KaxAttached*>(entry) != nullptr) {
        if (const auto* name = child<libmatroska::KaxFileName>(*entry)) {
          walk_.attachments.push_back(name->GetValueUTF8());
        }
      }
    }
    if (auto* cluster = dynamic_cast<libmatroska::KaxCluster*>(&element)) take_cluster(*cluster);
  }

  void take_tag(const EbmlElement& tag) {
    const auto* simple = child<libmatroska::KaxTagSimple>(tag);
    if (simple == nullptr) return;
    const auto* name = child<libmatroska::KaxTagName>(*simple);
    const auto* text = child<libmatroska::KaxTagString>(*simple);
    if (name != nullptr && text != nullptr) {
      walk_.tags[name->GetValueUTF8()] = text->GetValueUTF8();
    }
  }

  void take_cluster(libmatroska::KaxCluster& cluster) {
    const auto* time = child<libmatroska::KaxClusterTimecode>(cluster);
    if (time == nullptr) return;
    ++walk_.clusters;
    cluster.InitTimecode(static_cast<uint64_t>(*time), 1000);
    for (EbmlElement* entry : cluster.GetElementList()) {
      if (auto* simple = dynamic_cast<libmatroska::KaxSimpleBlock*>(entry)) {
        simple->SetParent(cluster);
        note_block(*simple);
      } else if (auto* group = dynamic_cast<libmatroska::KaxBlockGroup*>(entry)) {
        group->SetParent(cluster);
        for (EbmlElement* inner : group->GetElementList()) {
          if (auto* block = dynamic_cast<libmatroska::KaxBlock*>(inner)) {
            block->SetParent(cluster);
            note_block(*block);
          }
        }
      }
    }
  }

  void note_block(const libmatroska::KaxInternalBlock& block) {
    if (!block.ValueIsSet()) return;  // cut off
    walk_.block_times[block.TrackNum()].push_back(
        static_cast<int64_t>(block.GlobalTimecode() / 1000));
  }

  libebml::MemReadIOCallback io_;
  EbmlStream stream_;
  uint64_t size_;
  IndependentWalk& walk_;
};

}  // namespace

IndependentWalk walk_independently(std::string_view file) {
  IndependentWalk walk;
  try {
    Walker(file, walk).run();
  } catch (const std::exception& error) {
    walk.error = error.what();
  } catch (...) {
    walk.error = "libebml threw something that is no std::exception";
  }
  return walk;
}

}  // namespace lockstep::testing

/// libmatroska loses the frame list of a block with EBML lacing; that is no leak of ours.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libmatroska::KaxInternalBlock::ReadData";
}
