// SPDX-License-Identifier: MIT
#include "lockstep/sync/line_graph.h"

#include <algorithm>
#include <iterator>

namespace lockstep {

const WiringLine* LineGraph::into(const std::string& node) const {
  if (plan_ == nullptr) return nullptr;
  const auto& cables = plan_->wiring;
  const auto cable = std::find_if(cables.begin(), cables.end(),
                                  [&](const WiringLine& line) { return line.to_node == node; });
  return cable == cables.end() ? nullptr : &*cable;
}

bool LineGraph::passes(const WiringLine& cable, const std::string& node) const {
  const WiringLine* at = into(node);
  for (size_t hops = 0; at != nullptr && hops < plan_->wiring.size(); ++hops) {  // a cycle ends too
    if (at == &cable) return true;
    at = into(at->from_node);
  }
  return false;
}

std::vector<std::string> LineGraph::behind(const WiringLine& cable,
                                           const std::vector<std::string>& cameras) const {
  std::vector<std::string> found;
  std::copy_if(cameras.begin(), cameras.end(), std::back_inserter(found),
               [&](const std::string& name) { return passes(cable, name); });
  return found;
}

bool LineGraph::most_outlets_cut(const std::string& box, const std::vector<std::string>& cameras,
                                 const std::function<bool(const std::string&)>& cut_off) const {
  size_t outlets = 0, cut = 0;
  for (const WiringLine& cable : plan_->wiring) {
    if (cable.from_node != box) continue;
    const auto fed = behind(cable, cameras);
    ++outlets;
    cut += std::any_of(fed.begin(), fed.end(), cut_off);
  }
  return cut > 1 && 4 * cut >= 3 * outlets;  // one crystal among many may hide it
}

const WiringLine* LineGraph::broken_at(
    const std::string& camera, const std::vector<std::string>& cameras,
    const std::function<bool(const std::string&)>& cut_off) const {
  const WiringLine* at = into(camera);
  const WiringLine* broken = at;
  for (size_t hops = 0; at != nullptr && hops < plan_->wiring.size(); ++hops) {
    const std::string& node = at->to_node;
    if (std::find(cameras.begin(), cameras.end(), node) != cameras.end()) {
      if (node == camera || cut_off(node)) broken = at;
    } else if (broken->from_node == node && most_outlets_cut(node, cameras, cut_off)) {
      broken = at;
    }
    at = into(at->from_node);
  }
  return broken;
}

}  // namespace lockstep
