#include "workshop.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace headstart::tools {
namespace {

namespace fs = std::filesystem;

// Of the pictures that are kept while the program runs.
constexpr std::int32_t kKeptSidePx = 256;

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    entries.push_back(entry.path());
  if (error) fail("cannot read the folder " + folder.string());
  std::ranges::sort(entries);
  return entries;
}

}  // namespace

void fail(const std::string& message) {
  std::fprintf(stderr, "headstart: %s\n", message.c_str());
  std::exit(1);
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') result += '\\';
    if (code < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", code);
      result += escaped;
    } else {
      result += letter;
    }
  }
  return result + '"';
}

std::vector<std::uint8_t> backbone_of(const Options& options) {
  std::vector<std::vector<std::uint8_t>> files;
  for (const std::string& path : options.backbones) files.push_back(need(read_whole_file(path)));
  if (files.size() == 1) return std::move(files.front());
  const std::vector<std::span<const std::uint8_t>> spans(files.begin(), files.end());
  return joined_file(spans, options.shares);
}

Workshop::Workshop(const Options& options)
    : options_(options),
      file_(backbone_of(options)),
      pool_(need(ComputePool::create(options.thread_count))),
      session_(need(Session::open(file_, options.input_size_px, pool_, options.precision))) {}

void Workshop::tell(const std::string& what, double fraction) const {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r\033[K%s %.0f %%", what.c_str(), 100 * fraction);
  if (fraction >= 1) std::fprintf(stderr, "\r\033[K");
}

void Workshop::teach(const std::string& folder) {
  for (const fs::path& class_folder : sorted_entries(folder)) {
    if (!fs::is_directory(class_folder)) continue;
    const std::string name = class_folder.filename().string();
    const ClassId id = session_.samples().add_class(name);
    class_names_[id] = name;
    const std::vector<fs::path> entries = sorted_entries(class_folder);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      tell("reading " + name, static_cast<double>(i + 1) / static_cast<double>(entries.size()));
      if (!is_picture(entries[i].string())) continue;
      const Result<Picture> picture = read_picture(entries[i].string());
      if (!picture) {
        std::fprintf(stderr, "headstart: left out: %s\n", picture.error().message.c_str());
        continue;
      }
      const auto square = need(session_.make_picture(picture.value().view(), options_.prepare, kKeptSidePx));
      Picture kept{{square.begin(), square.end()}, kKeptSidePx, kKeptSidePx};
      const SampleId sample = need(session_.add_sample(id, kept.view(), {}));
      kept_.emplace(sample, std::move(kept));
    }
  }
  if (class_names_.empty()) fail(folder + " has no folders in it: one is needed for each class");
}

void Workshop::make_views() {
  const std::vector<SampleId> missing = session_.samples().missing_views();
  for (std::size_t i = 0; i < missing.size(); ++i) {
    for (std::uint32_t view = 0; view < views().size(); ++view)
      need(session_.add_view(missing[i], view, kept_.at(missing[i]).view()));
    tell("looking at changed copies", static_cast<double>(i + 1) / static_cast<double>(missing.size()));
  }
}

void Workshop::run(const Strategy& strategy) {
  bool mirror_harms = false;
  if (strategy.views || strategy.tuning) {
    make_views();
    mirror_harms = need(session_.mirror_verdict()) == MirrorVerdict::kHarms;
  }
  need(session_.train_begin(train_options(strategy, options_.seed, mirror_harms)));
  for (bool done = false; !done;) {
    const TrainProgress progress = need(session_.train_step());
    tell("training " + strategy.name, progress.fraction);
    done = progress.done;
  }
  if (!strategy.tuning) return;
  FineTuneOptions tuning = *strategy.tuning;
  tuning.seed = options_.seed;
  tuning.head = strategy.head;
  need(session_.tune_begin(file_, tuning, tune_views(strategy, mirror_harms)));
  step_tuning();
}

void Workshop::step_tuning() {
  for (bool done = false; !done;) {
    const WantedViews wanted = session_.tune_wanted();
    for (std::size_t i = 0; i < wanted.views.size(); ++i)
      need(session_.tune_supply(wanted.views[i], kept_.at(wanted.sample_ids[i]).view()));
    const FineTuneProgress progress = need(session_.tune_step());
    tell("training layers", progress.fraction);
    done = progress.done;
  }
}

SessionReport Workshop::finish(const Strategy& strategy) {
  return need(strategy.tuning ? session_.tune_finish(file_) : session_.train_finish());
}

}  // namespace headstart::tools
