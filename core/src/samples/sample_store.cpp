#include "headstart/sample_store.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace headstart {
namespace {

constexpr std::size_t kSmallestCapacity = 64;  // rows

Error unknown_class(ClassId id) {
  return bad_argument("there is no class with id " + std::to_string(static_cast<std::uint32_t>(id)));
}

Error taken(const char* what, std::uint32_t id) {
  return bad_argument(std::string("expected the identity of a new ") + what +
                      ", above 0 and not in use, got " + std::to_string(id));
}

Error unknown_sample(SampleId id) {
  return bad_argument("there is no sample with id " + std::to_string(static_cast<std::uint32_t>(id)));
}

}  // namespace

SampleStore::SampleStore(std::size_t feature_count)
    : SampleStore(std::vector<FeatureBlock>{{"last", 0, feature_count}}) {}

SampleStore::SampleStore(std::vector<FeatureBlock> blocks)
    : feature_count_(feature_count_of(blocks)), blocks_(std::move(blocks)) {}

Status SampleStore::add_class(ClassId id, std::string name) {
  if (id == ClassId{} || find_class(id) != nullptr) return taken("class", static_cast<std::uint32_t>(id));
  last_class_id_ = std::max(last_class_id_, static_cast<std::uint32_t>(id));
  classes_.push_back({.id = id, .name = std::move(name)});
  ++revision_;
  return {};
}

ClassId SampleStore::add_class(std::string name) {
  const ClassId id{last_class_id_ + 1};
  (void)add_class(id, std::move(name));  // the next one is free
  return id;
}

Status SampleStore::rename_class(ClassId id, std::string name) {
  Class* found = find_class(id);
  if (found == nullptr) return unknown_class(id);
  found->name = std::move(name);
  ++revision_;
  return {};
}

Status SampleStore::remove_class(ClassId id) {
  if (find_class(id) == nullptr) return unknown_class(id);
  // From the end, so that the row which fills a gap has been looked at already.
  for (std::size_t i = samples_.size(); i-- > 0;) {
    if (samples_[i].class_id == id) bin_row(i);
  }
  std::erase_if(classes_, [id](const Class& candidate) { return candidate.id == id; });
  ++revision_;
  return {};
}

Status SampleStore::set_class_enabled(ClassId id, bool enabled) {
  Class* found = find_class(id);
  if (found == nullptr) return unknown_class(id);
  found->enabled = enabled;
  ++revision_;
  return {};
}

Status SampleStore::move_class(ClassId id, std::size_t class_index) {
  const auto from = std::find_if(classes_.begin(), classes_.end(),
                                 [id](const Class& candidate) { return candidate.id == id; });
  if (from == classes_.end()) return unknown_class(id);
  if (class_index >= classes_.size()) {
    return bad_argument("a class can move to positions 0 to " + std::to_string(classes_.size() - 1) +
                        ", got " + std::to_string(class_index));
  }
  const auto to = classes_.begin() + static_cast<std::ptrdiff_t>(class_index);
  if (from < to) {
    std::rotate(from, from + 1, to + 1);
  } else {
    std::rotate(to, from, from + 1);
  }
  ++revision_;
  return {};
}

Status SampleStore::add_sample(SampleId id, ClassId class_id, std::span<const float> embedding) {
  Class* owner = find_class(class_id);
  if (owner == nullptr) return unknown_class(class_id);
  if (id == SampleId{} || row_of_.contains(id)) return taken("sample", static_cast<std::uint32_t>(id));
  if (const Status fits = check_embedding(embedding); !fits) return fits.error();
  if (const Status room = make_room(samples_.size() + 1); !room) return room.error();
  last_sample_id_ = std::max(last_sample_id_, static_cast<std::uint32_t>(id));
  row_of_.emplace(id, static_cast<std::uint32_t>(samples_.size()));
  samples_.push_back({.id = id, .class_id = class_id});
  std::copy(embedding.begin(), embedding.end(), row(samples_.size() - 1).begin());
  ++owner->sample_count;
  ++revision_;
  return {};
}

Result<SampleId> SampleStore::add_sample(ClassId class_id, std::span<const float> embedding) {
  const SampleId id{last_sample_id_ + 1};
  if (const Status added = add_sample(id, class_id, embedding); !added) return added.error();
  return id;
}

Status SampleStore::remove_sample(SampleId id) {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  bin_row(index.value());
  ++revision_;
  return {};
}

Status SampleStore::restore_sample(SampleId id, ClassId class_id) {
  const auto found = bin_.find(id);
  if (found == bin_.end()) return unknown_sample(id);
  if (const Status added = add_sample(id, class_id, found->second.row); !added) return added;
  samples_.back().views = std::move(found->second.views);
  bin_.erase(found);
  return {};
}

void SampleStore::forget_sample(SampleId id) {
  bin_.erase(id);
}

Status SampleStore::move_sample(SampleId id, ClassId class_id) {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  Class* target = find_class(class_id);
  if (target == nullptr) return unknown_class(class_id);
  Sample& moved = samples_[index.value()];
  --find_class(moved.class_id)->sample_count;
  ++target->sample_count;
  moved.class_id = class_id;
  ++revision_;
  return {};
}

Result<ClassId> SampleStore::class_of(SampleId id) const {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  return samples_[index.value()].class_id;
}

Result<std::span<const float>> SampleStore::sample(SampleId id) const {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  return rows_.span().subspan(index.value() * feature_count_, feature_count_);
}

Result<std::vector<SampleId>> SampleStore::samples_of(ClassId id) const {
  if (find_class(id) == nullptr) return unknown_class(id);
  std::vector<SampleId> ids;
  for (const Sample& candidate : samples_) {
    if (candidate.class_id == id) ids.push_back(candidate.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Status SampleStore::set_views(SampleId id, std::span<const float> rows) {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  const std::size_t count = feature_count_ == 0 ? 0 : rows.size() / feature_count_;
  if (count == 0 || count * feature_count_ != rows.size() || (view_count_ > 0 && count != view_count_)) {
    const std::string expected =
        view_count_ > 0 ? std::to_string(view_count_) + " views" : std::string("views");
    return bad_argument("expected " + expected + " of " + std::to_string(feature_count_) +
                        " features each, got " + std::to_string(rows.size()) + " numbers");
  }
  for (std::size_t view = 0; view < count; ++view) {
    if (const Status fits = check_embedding(rows.subspan(view * feature_count_, feature_count_)); !fits) {
      return fits.error();
    }
  }
  PaddedBuffer<float>& views = samples_[index.value()].views;
  if (views.size() != rows.size()) {
    Result<PaddedBuffer<float>> room = PaddedBuffer<float>::create(rows.size());
    if (!room) return room.error();
    views = std::move(room).value();
  }
  std::copy(rows.begin(), rows.end(), views.data());
  view_count_ = count;
  return {};
}

Result<std::span<const float>> SampleStore::views_of(SampleId id) const {
  const Result<std::size_t> index = row_of(id);
  if (!index) return index.error();
  return samples_[index.value()].views.span();
}

std::vector<SampleId> SampleStore::missing_views() const {
  std::vector<SampleId> ids;
  for (const Sample& candidate : samples_) {
    if (candidate.views.size() > 0) continue;
    if (find_class(candidate.class_id)->enabled) ids.push_back(candidate.id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::size_t SampleStore::view_bytes() const {
  std::size_t bytes = 0;
  for (const Sample& kept : samples_) bytes += kept.views.size_bytes();
  return bytes;
}

std::vector<ClassInfo> SampleStore::classes() const {
  std::vector<ClassInfo> infos;
  infos.reserve(classes_.size());
  for (const Class& known : classes_) {
    infos.push_back(
        {.id = known.id, .name = known.name, .sample_count = known.sample_count, .enabled = known.enabled});
  }
  return infos;
}

std::size_t SampleStore::memory_bytes() const {
  std::size_t bin_bytes = bin_.size() * feature_count_ * sizeof(float);
  for (const auto& [id, removed] : bin_) bin_bytes += removed.views.size_bytes();
  return rows_.size_bytes() + view_bytes() + bin_bytes + samples_.capacity() * sizeof(Sample) +
         row_of_.size() * sizeof(std::pair<const SampleId, std::uint32_t>) +
         class_indices_.capacity() * sizeof(std::uint32_t) + sample_ids_.capacity() * sizeof(SampleId) +
         view_spans_.capacity() * sizeof(std::span<const float>);
}

TrainingSetView SampleStore::training_set() {
  TrainingSetView view;
  view.feature_count = feature_count_;
  view.blocks = blocks_;
  std::unordered_map<ClassId, std::uint32_t> class_index;
  std::size_t row_count = 0;
  for (const Class& known : classes_) {
    if (!known.enabled || known.sample_count == 0) continue;
    class_index.emplace(known.id, static_cast<std::uint32_t>(view.class_ids.size()));
    view.class_ids.push_back(known.id);
    row_count += known.sample_count;
  }
  std::vector<std::uint8_t> included(samples_.size());
  for (std::size_t i = 0; i < samples_.size(); ++i)
    included[i] = class_index.contains(samples_[i].class_id) ? 1 : 0;
  sort_rows(included);

  class_indices_.resize(row_count);
  sample_ids_.resize(row_count);
  for (std::size_t i = 0; i < row_count; ++i) {
    class_indices_[i] = class_index.find(samples_[i].class_id)->second;
    sample_ids_[i] = samples_[i].id;
  }
  view.embeddings = rows_.span().first(row_count * feature_count_);
  view.class_indices = class_indices_;
  view.sample_ids = sample_ids_;
  const std::span<const Sample> rows = std::span(samples_).first(row_count);
  const bool has_views = std::ranges::all_of(rows, [](const Sample& one) { return one.views.size() > 0; });
  if (view_count_ == 0 || !has_views) return view;
  view_spans_.clear();
  for (const Sample& one : rows) view_spans_.push_back(one.views.span());
  view.view_count = view_count_;
  view.views = view_spans_;
  return view;
}

SampleStore::Class* SampleStore::find_class(ClassId id) {
  const auto found = std::find_if(classes_.begin(), classes_.end(),
                                  [id](const Class& candidate) { return candidate.id == id; });
  return found == classes_.end() ? nullptr : &*found;
}

const SampleStore::Class* SampleStore::find_class(ClassId id) const {
  return const_cast<SampleStore*>(this)->find_class(id);
}

Result<std::size_t> SampleStore::row_of(SampleId id) const {
  const auto found = row_of_.find(id);
  if (found == row_of_.end()) return unknown_sample(id);
  return static_cast<std::size_t>(found->second);
}

Status SampleStore::check_embedding(std::span<const float> embedding) const {
  if (embedding.size() != feature_count_) {
    return bad_argument("a sample has " + std::to_string(feature_count_) + " features, got " +
                        std::to_string(embedding.size()));
  }
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    if (std::isfinite(embedding[i])) continue;
    return bad_argument("the features of a sample must be finite numbers, feature " + std::to_string(i) +
                        " is not");
  }
  return {};
}

Status SampleStore::make_room(std::size_t row_count) {
  if (row_count * feature_count_ <= rows_.size()) return {};
  const std::size_t capacity = feature_count_ == 0 ? 0 : rows_.size() / feature_count_;
  // By a half: twice would hold up to half the memory in vain, and the old block lives while the new is
  // filled.
  const std::size_t wanted = std::max({row_count, capacity + capacity / 2, kSmallestCapacity});
  Result<PaddedBuffer<float>> grown = PaddedBuffer<float>::create(wanted * feature_count_);
  if (!grown) return grown.error();
  if (rows_.size() > 0) std::memcpy(grown.value().data(), rows_.data(), rows_.size_bytes());
  rows_ = std::move(grown).value();
  return {};
}

std::span<float> SampleStore::row(std::size_t index) {
  return rows_.span().subspan(index * feature_count_, feature_count_);
}

// Takes a row out and keeps it; the last one fills the gap.
void SampleStore::bin_row(std::size_t index) {
  const std::size_t last = samples_.size() - 1;
  Sample& removed = samples_[index];
  --find_class(removed.class_id)->sample_count;
  row_of_.erase(removed.id);
  const std::span<const float> own = row(index);
  bin_.insert_or_assign(removed.id, Removed{{own.begin(), own.end()}, std::move(removed.views)});
  if (index != last) {
    std::copy(row(last).begin(), row(last).end(), row(index).begin());
    samples_[index] = std::move(samples_[last]);
    row_of_[samples_[index].id] = static_cast<std::uint32_t>(index);
  }
  samples_.pop_back();
}

// Included rows first, by id, then the others: the permutation is followed cycle by cycle with one spare row.
void SampleStore::sort_rows(std::span<const std::uint8_t> included) {
  std::vector<std::uint32_t> source(samples_.size());  // row i shall be what lies in row source[i]
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::uint32_t>(i);
  std::sort(source.begin(), source.end(), [&](std::uint32_t left, std::uint32_t right) {
    if (included[left] != included[right]) return included[left] > included[right];
    return samples_[left].id < samples_[right].id;
  });
  std::vector<float> spare(feature_count_);
  for (std::size_t start = 0; start < source.size(); ++start) {
    if (source[start] == start) continue;
    std::copy(row(start).begin(), row(start).end(), spare.begin());
    Sample spare_sample = std::move(samples_[start]);
    std::size_t target = start;
    while (source[target] != start) {
      const std::size_t from = source[target];
      std::copy(row(from).begin(), row(from).end(), row(target).begin());
      samples_[target] = std::move(samples_[from]);
      source[target] = static_cast<std::uint32_t>(target);
      target = from;
    }
    std::copy(spare.begin(), spare.end(), row(target).begin());
    samples_[target] = std::move(spare_sample);
    source[target] = static_cast<std::uint32_t>(target);
  }
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    row_of_[samples_[i].id] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace headstart
