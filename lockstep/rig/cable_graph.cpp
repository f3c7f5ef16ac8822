// SPDX-License-Identifier: MIT
#include "lockstep/rig/cable_graph.h"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "lockstep/base/text.h"
#include "lockstep/sensor/family.h"

namespace lockstep {
namespace {

constexpr double kLongestLinkM = 10;   // the vendor's limit: less than ten metres
constexpr int kLongestChain = 8;       // subordinates; what the vendor documents as tested
constexpr size_t kPassiveOutlets = 2;  // what one output drives without an amplifier

struct Node {
  const RigCamera* camera = nullptr;  // exactly one of the two is set
  const RigBox* box = nullptr;
  std::vector<const RigCable*> in, out;

  [[nodiscard]] bool is_splitter() const {
    return box != nullptr && box->kind == BoxKind::splitter;
  }
  [[nodiscard]] bool is_generator() const {
    return box != nullptr && box->kind == BoxKind::generator;
  }
  [[nodiscard]] SourceLine where() const { return camera != nullptr ? camera->where : box->where; }
  // Gives pulses of its own: a generator, or a camera whose out is plugged and whose in is not.
  [[nodiscard]] bool is_source() const {
    return !out.empty() && in.empty() && (camera != nullptr || is_generator());
  }
};

class Graph {
 public:
  Graph(const Rig& rig, Findings& findings) : rig_(rig), findings_(findings) {
    for (const RigCamera& camera : rig.cameras) node(camera.name).camera = &camera;
    for (const RigBox& box : rig.boxes) node(box.name).box = &box;
    for (const RigCable& cable : rig.cables) {
      // A cable of nobody is refused by the rig file; rigs made in code may still hold one.
      if (nodes_.count(cable.from.node) == 0 || nodes_.count(cable.to.node) == 0) continue;
      nodes_[cable.from.node].out.push_back(&cable);
      nodes_[cable.to.node].in.push_back(&cable);
    }
  }

  CableGraph run() {
    if (rig_.cables.empty() && rig_.boxes.empty() && rig_.cameras.size() == 1) return alone();
    inputs_plugged_twice();
    cycles();
    choose_source();
    spread();
    roles();
    unreached();
    unfed_boxes();
    result_.whole = findings_.errors() == 0;
    passive_stars();
    line_levels();
    long_links();
    long_chains();
    return std::move(result_);
  }

 private:
  Node& node(const std::string& name) {
    if (nodes_.count(name) == 0) order_.push_back(name);
    return nodes_[name];
  }

  CableGraph alone() {
    result_.cameras.resize(1);
    result_.cameras[0].reached = true;
    result_.whole = true;
    if (rig_.source == rig_.cameras[0].name) result_.source = "";
    return std::move(result_);
  }

  void inputs_plugged_twice() {
    for (const std::string& name : order_) {
      const Node& n = nodes_[name];
      if (n.in.size() < 2) continue;
      std::vector<std::string> origins;
      for (const RigCable* cable : n.in) origins.push_back(cable->from.node);
      const std::string unplugged = unplugged_camera();
      if (!unplugged.empty()) said_.insert(unplugged);
      findings_.error(
          "two-sources", n.in[1]->where,
          fmt::format("{} cables end in the sync-in of '{}' (from {}): one input takes one plug, "
                      "and the line "
                      "has one source",
                      n.in.size(), name, listing(origins)),
          unplugged.empty()
              ? fmt::format("keep the cable that comes from the source's side and plug the other "
                            "elsewhere, or correct its 'to' in line {}",
                            n.in[1]->where.line)
              : fmt::format("plug one of them into '{0}', whose sync-in is empty, or correct the "
                            "'to' in line {1} to \"{0}.in\"",
                            unplugged, n.in[1]->where.line));
    }
  }

  // A camera that no cable touches: most likely the one that a plug too many was meant for.
  std::string unplugged_camera() {
    for (const RigCamera& camera : rig_.cameras) {
      const Node& n = nodes_[camera.name];
      if (n.in.empty() && n.out.empty() && said_.count(camera.name) == 0) return camera.name;
    }
    return "";
  }

  // Follows cables depth first; a cable back to a node on the current path closes a cycle.
  void cycles() {
    std::set<std::string> done;
    for (const std::string& name : order_) {
      std::vector<std::string> path;
      walk(name, path, done);
    }
  }

  void walk(const std::string& name, std::vector<std::string>& path, std::set<std::string>& done) {
    if (done.count(name) > 0) return;
    path.push_back(name);
    for (const RigCable* cable : nodes_[name].out) {
      const auto seen = std::find(path.begin(), path.end(), cable->to.node);
      if (seen == path.end()) {
        walk(cable->to.node, path, done);
        continue;
      }
      report_cycle({seen, path.end()}, *cable);
    }
    path.pop_back();
    done.insert(name);
  }

  void report_cycle(std::vector<std::string> loop, const RigCable& last) {
    in_cycle_.insert(loop.begin(), loop.end());
    // The declared source, if it is one of them, is where the chain should begin.
    const auto begin = std::find(loop.begin(), loop.end(), rig_.source);
    if (begin != loop.end()) std::rotate(loop.begin(), begin, loop.end());
    const RigCable* into_first = &last;
    for (const RigCable* cable : nodes_[loop.front()].in) {
      if (cable->from.node == loop.back()) into_first = cable;
    }
    std::string text;
    for (const std::string& name : loop) text += name + " -> ";
    findings_.error(
        "cycle", into_first->where,
        fmt::format("the cables run in a circle ({}{}): nobody in it gives the first pulse", text,
                    loop.front()),
        fmt::format("take out the cable from '{}' to '{}', so that the chain begins at '{}' with "
                    "nothing in its sync-in",
                    into_first->from.node, into_first->to.node, loop.front()));
  }

  std::vector<std::string> sources() {
    std::vector<std::string> found;
    for (const std::string& name : order_) {
      if (nodes_[name].is_source()) found.push_back(name);
    }
    return found;
  }

  void choose_source() {
    const std::vector<std::string> found = sources();
    size_t most = 0;
    for (const std::string& name : found) {
      const size_t count = reach(name).size();
      if (count > most || (count == most && name == rig_.source)) {
        most = count;
        result_.source = name;
      }
    }
    std::vector<std::string> others;
    std::copy_if(found.begin(), found.end(), std::back_inserter(others),
                 [&](const std::string& name) {
                   return name != result_.source && !only_into_taken_inputs(name);
                 });
    if (!others.empty()) {
      findings_.error("two-sources", nodes_[others[0]].where(),
                      fmt::format("{} give pulses (something in sync-out, nothing in sync-in), and "
                                  "a rig has one source",
                                  listing(found)),
                      fmt::format("plug a cable from the line of '{}' into the sync-in of {}",
                                  result_.source, listing(others)));
    }
    compare_with_declared(found);
    if (!result_.source.empty()) result_.external_source = nodes_[result_.source].is_generator();
  }

  // Every cable of a source ends in an input that takes another plug already: said there.
  bool only_into_taken_inputs(const std::string& source) {
    const auto& out = nodes_[source].out;
    return std::all_of(out.begin(), out.end(),
                       [&](const RigCable* cable) { return nodes_[cable->to.node].in.size() > 1; });
  }

  void compare_with_declared(const std::vector<std::string>& found) {
    if (rig_.source.empty() || rig_.source == result_.source || nodes_.count(rig_.source) == 0)
      return;
    // Without any source, what is said of the circle or of the missing cables mends this too.
    if (found.empty() && (!in_cycle_.empty() || rig_.cables.empty())) return;
    const Node& declared = nodes_[rig_.source];
    if (declared.camera != nullptr && !declared.in.empty()) {
      findings_.error("sync-in-on-master", declared.in[0]->where,
                      fmt::format("'{}' is to be the source, and a cable from '{}' ends in its "
                                  "sync-in: a camera with a plug "
                                  "there refuses to be master",
                                  rig_.source, declared.in[0]->from.node),
                      result_.source.empty()
                          ? fmt::format("pull that cable out of '{}'", rig_.source)
                          : fmt::format("write source = \"{}\", which the cables make the source, "
                                        "or pull that cable out of '{}'",
                                        result_.source, rig_.source));
      return;
    }
    if (declared.is_source()) return;  // one of two sources: said already
    findings_.error(
        "source-mismatch", rig_.where,
        result_.source.empty()
            ? fmt::format("'{}' is to be the source, and no cable leaves it", rig_.source)
            : fmt::format("'{}' is to be the source, and by the cables it is '{}'", rig_.source,
                          result_.source),
        result_.source.empty()
            ? fmt::format("plug a cable into the sync-out of '{}' and list it under 'cable'",
                          rig_.source)
            : fmt::format("write source = \"{}\", or start the line at '{}'", result_.source,
                          rig_.source));
  }

  // Every node that pulses of `from` arrive at, with the number of cameras that repeated them.
  std::map<std::string, int> reach(const std::string& from) {
    std::map<std::string, int> hops{{from, 0}};
    std::deque<std::string> queue{from};
    while (!queue.empty()) {
      const std::string name = queue.front();
      queue.pop_front();
      const bool repeats = nodes_[name].camera != nullptr && name != from;
      for (const RigCable* cable : nodes_[name].out) {
        if (hops.emplace(cable->to.node, hops[name] + (repeats ? 1 : 0)).second)
          queue.push_back(cable->to.node);
      }
    }
    return hops;
  }

  void spread() {
    if (!result_.source.empty()) hops_ = reach(result_.source);
  }

  void roles() {
    for (const RigCamera& camera : rig_.cameras) {
      const Node& n = nodes_[camera.name];
      CameraOnLine line;
      const auto hops = hops_.find(camera.name);
      line.reached = hops != hops_.end();
      if (line.reached) line.hops = hops->second;
      if (n.is_source()) {
        line.role = WiredSync::master;
      } else if (!n.in.empty()) {
        line.role = WiredSync::subordinate;
      }
      result_.cameras.push_back(line);
    }
  }

  // A camera whose cable comes from something without pulses is silent because of that: what is
  // said there (a circle, a box that nothing feeds, a second source) is its cause.
  void unreached() {
    if (rig_.cables.empty()) {
      std::vector<std::string> names;
      for (const RigCamera& camera : rig_.cameras) names.push_back(camera.name);
      findings_.error("unreached", rig_.cameras[0].where,
                      fmt::format("no pulse reaches {}: the rig has no cables", listing(names)),
                      "list under 'cable' what is plugged where, from the sync-out of the camera "
                      "that gives the pulses to the sync-in of the next");
      return;
    }
    for (size_t i = 0; i < rig_.cameras.size(); ++i) {
      const RigCamera& camera = rig_.cameras[i];
      if (result_.cameras[i].reached || result_.cameras[i].role == WiredSync::master ||
          !nodes_[camera.name].in.empty() || said_.count(camera.name) > 0)
        continue;
      findings_.error(
          "unreached", camera.where,
          fmt::format("no pulse reaches '{}': no cable ends in its sync-in", camera.name),
          result_.source.empty()
              ? "plug a cable from the sync-out of the camera that is to give the pulses, and list "
                "it under 'cable'"
              : fmt::format("plug a cable from a sync-out on the line of '{}' into '{}', and list "
                            "it under 'cable'",
                            result_.source, camera.name));
    }
  }

  // A box that repeats pulses and gets none silences all that hangs on it.
  void unfed_boxes() {
    for (const RigBox& box : rig_.boxes) {
      const Node& n = nodes_[box.name];
      if (n.is_generator() || !n.in.empty() || n.out.empty()) continue;
      std::vector<std::string> silent;
      for (const auto& [name, hops] : reach(box.name)) {
        if (nodes_[name].camera != nullptr) silent.push_back(name);
      }
      findings_.error("unreached", box.where,
                      fmt::format("no pulse reaches the box '{}', nor {} behind it: no cable ends "
                                  "in its input",
                                  box.name, listing(silent)),
                      fmt::format("plug a cable from the source into '{}', and list it under "
                                  "'cable'",
                                  box.name));
    }
  }

  // The level that a box puts out against what the inputs behind it are documented for.
  void line_levels() {
    for (const RigCamera& camera : rig_.cameras) {
      const Node* at = &nodes_[camera.name];
      for (size_t hop = 0; hop < nodes_.size() && !at->in.empty(); ++hop) {
        at = &nodes_[at->in[0]->from.node];
        if (at->camera != nullptr || !at->is_splitter()) break;  // a splitter passes levels on
      }
      if (at->camera != nullptr) camera_level(camera, *at->camera);
      if (at->box == nullptr || !at->box->level_v) continue;
      const double documented = family_traits(camera.family).sync_level_v;
      const double given = *at->box->level_v;
      if (given == documented) continue;
      const bool high = given > documented;
      level_findings_[{at->box, camera.family}] += 1;
      if (level_findings_[{at->box, camera.family}] > 1) continue;
      findings_.add(
          high ? Severity::error : Severity::warning, "sync-level", at->box->where,
          fmt::format("'{}' puts out {:g} V, and the sync-in of {} is documented for "
                      "{:g} V: {}",
                      at->box->name, given, to_string(camera.family), documented,
                      high ? "it may be damaged" : "it may miss pulses"),
          fmt::format("set the box to {:g} V, or put a level adapter between", documented));
    }
  }

  // A camera that is fed by another one takes what that one's line puts out.
  void camera_level(const RigCamera& camera, const RigCamera& feeder) {
    const double takes = family_traits(camera.family).sync_level_v;
    const double given = family_traits(feeder.family).sync_level_v;
    if (&camera == &feeder || given == takes) return;
    findings_.error(
        "sync-level", camera.where,
        fmt::format("'{}' puts out {:g} V, and the sync-in of '{}' is documented for {:g} V: {}",
                    feeder.name, given, camera.name, takes,
                    given > takes ? "it may be damaged" : "it may miss pulses"),
        fmt::format("put a sync hub or a level adapter for {:g} V between the two", takes));
  }

  // Inputs that one output drives, through passive splitters. Each splitter is followed once: one
  // on a circle would be for ever, and one that two cables reach twice; both have their own
  // finding.
  size_t driven(const std::vector<const RigCable*>& cables) {
    size_t count = 0;
    std::set<std::string> seen;
    std::deque<const RigCable*> queue(cables.begin(), cables.end());
    while (!queue.empty()) {
      const std::string& name = queue.front()->to.node;
      queue.pop_front();
      const Node& to = nodes_[name];
      if (!to.is_splitter()) {
        ++count;
      } else if (seen.insert(name).second) {
        queue.insert(queue.end(), to.out.begin(), to.out.end());
      }
    }
    return count;
  }

  void passive_stars() {
    for (const std::string& name : order_) {
      if (nodes_[name].is_splitter()) continue;
      std::map<std::string, std::vector<const RigCable*>> ports;
      for (const RigCable* cable : nodes_[name].out) ports[cable->from.port].push_back(cable);
      for (const auto& [port, cables] : ports) {
        const size_t inputs = driven(cables);
        if (inputs <= kPassiveOutlets) continue;
        findings_.error(
            "passive-star", cables.back()->where,
            fmt::format(
                "'{}.{}' drives {} inputs without an amplifier: the signal stands two at most",
                name, port, inputs),
            "put a distribution amplifier between (box kind = \"amplifier\"), or chain the "
            "cameras: sync-out to sync-in");
      }
    }
  }

  // A passive splitter does not refresh the signal: the link goes on behind it.
  double link_length(const RigCable& cable, int depth = 0) {
    double length = cable.length_m.value_or(0);
    const Node& from = nodes_[cable.from.node];
    if (from.is_splitter() && !from.in.empty() && depth < 100)
      length += link_length(*from.in[0], depth + 1);
    return length;
  }

  void long_links() {
    for (const RigCable& cable : rig_.cables) {
      if (nodes_.count(cable.from.node) == 0 || nodes_[cable.to.node].is_splitter()) continue;
      const double length = link_length(cable);
      if (length < kLongestLinkM) continue;
      findings_.warning("long-link", cable.where,
                        fmt::format("the link into '{}' is {:g} m long: the vendor allows less "
                                    "than {:g} m, and pulses may get lost",
                                    cable.to.node, length, kLongestLinkM),
                        "use shorter cables, or let a camera between repeat the signal");
    }
  }

  void long_chains() {
    for (size_t i = 0; i < rig_.cameras.size(); ++i) {
      // The first camera past the limit speaks for those behind it.
      if (result_.cameras[i].hops != kLongestChain) continue;
      findings_.warning(
          "long-chain", rig_.cameras[i].where,
          fmt::format("'{}' is subordinate number {} of its chain: {} are documented to work",
                      rig_.cameras[i].name, kLongestChain + 1, kLongestChain),
          "feed two shorter chains from an amplifier, or try it and let 'lockstep verify' judge");
    }
  }

  const Rig& rig_;
  Findings& findings_;
  std::map<std::string, Node> nodes_;
  std::vector<std::string> order_;
  std::map<std::string, int> hops_;
  std::set<std::string> in_cycle_;
  std::set<std::string> said_;  ///< cameras without a plug that another finding names
  std::map<std::pair<const RigBox*, Family>, int> level_findings_;
  CableGraph result_;
};

}  // namespace

CableGraph follow_cables(const Rig& rig, Findings& findings) {
  return Graph(rig, findings).run();
}

}  // namespace lockstep
