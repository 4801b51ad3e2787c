#include "fine_tune/split.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/random.h"
#include "samples/folds.h"

namespace headstart {
namespace {

constexpr std::size_t kFewestPictures = 4;

Status check_counts(std::span<const SplitPicture> pictures, std::span<const std::string> labels) {
  if (labels.size() < 2) {
    return too_few_samples("fine-tuning needs at least two classes, got " + std::to_string(labels.size()));
  }
  std::vector<std::size_t> counts(labels.size());
  for (const SplitPicture& picture : pictures) ++counts[picture.class_index];
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] >= kFewestPictures) continue;
    return too_few_samples("fine-tuning needs at least " + std::to_string(kFewestPictures) +
                           " pictures of \"" + labels[c] + "\", got " + std::to_string(counts[c]));
  }
  return {};
}

}  // namespace

Result<std::vector<SplitPicture>> split_pictures(std::span<const FineTuneView> views,
                                                 std::span<const std::string> labels,
                                                 double held_out_fraction, std::uint64_t seed) {
  std::vector<SplitPicture> pictures;
  std::unordered_map<std::uint32_t, std::size_t> positions;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const FineTuneView& view = views[i];
    if (view.class_index >= labels.size()) {
      return bad_argument("a picture's class must be one of " + std::to_string(labels.size()) +
                          ", got number " + std::to_string(view.class_index));
    }
    const auto [found, is_new] = positions.try_emplace(view.picture_index, pictures.size());
    if (is_new) pictures.push_back({view.class_index, {}, false});
    SplitPicture& picture = pictures[found->second];
    if (picture.class_index != view.class_index) {
      return bad_argument("all views of a picture must be of one class");
    }
    picture.views.push_back(static_cast<std::uint32_t>(i));
  }
  const Status enough = check_counts(pictures, labels);
  if (!enough) return enough.error();

  constexpr std::uint64_t kStream = 0x73706C6974;  // "split"
  Random random(seed, kStream);
  for (std::uint32_t class_index = 0; class_index < labels.size(); ++class_index) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t i = 0; i < pictures.size(); ++i) {
      if (pictures[i].class_index == class_index) members.push_back(i);
    }
    // A run of neighbours, as in stratified_folds: a picture's twins are on its side.
    start_anywhere(members, random);
    const double wanted = held_out_fraction * static_cast<double>(members.size());
    const std::size_t half = members.size() / 2;
    const auto most = static_cast<double>(half);
    const auto count = static_cast<std::size_t>(std::clamp(std::round(wanted), 1.0, most));
    for (std::size_t i = 0; i < count; ++i) pictures[members[i]].held_out = true;
  }
  return pictures;
}

std::vector<std::uint32_t> final_views(std::span<const SplitPicture> pictures, std::size_t most) {
  const std::size_t count = pictures.empty() ? 0 : pictures.front().views.size();
  const auto has_as_many = [&](const SplitPicture& picture) { return picture.views.size() == count; };
  const bool all = count * pictures.size() <= most && std::ranges::all_of(pictures, has_as_many);
  std::vector<std::uint32_t> views;
  for (const SplitPicture& picture : pictures) {
    views.insert(views.end(), picture.views.begin(), all ? picture.views.end() : picture.views.begin() + 1);
  }
  return views;
}

std::vector<float> balanced_class_weights(std::span<const SplitPicture> pictures, std::size_t class_count) {
  std::vector<double> counts(class_count);
  double total = 0;
  for (const SplitPicture& picture : pictures) {
    if (picture.held_out) continue;
    counts[picture.class_index] += static_cast<double>(picture.views.size());
    total += static_cast<double>(picture.views.size());
  }
  std::vector<float> weights;
  for (const double count : counts) {
    weights.push_back(static_cast<float>(total / (static_cast<double>(class_count) * count)));
  }
  return weights;
}

}  // namespace headstart
