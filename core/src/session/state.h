// What a Session keeps between calls: the backbone and the samples, runs that are under way, and heads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/head_reader.h"
#include "headstart/known.h"
#include "headstart/session.h"
#include "samples/similar_samples.h"

namespace headstart {

// Views of one sample, as far as they are embedded.
struct PendingViews {
  std::optional<SampleId> sample;
  std::uint32_t done = 0;
  std::vector<float> rows;  // [view_count, feature_count]
};

struct TrainingRun {
  Trainer trainer;
  std::uint64_t seed = 0;
  std::vector<std::uint32_t> class_indices;  // [sample_count], as the training set was
  std::vector<SampleId> sample_ids;          // [sample_count]
  std::vector<float> rows;                   // [sample_count, features to judge by], see known_features()
};

// One view of one sample that fine-tuning trains on: the picture itself or a changed copy.
struct TunedView {
  std::uint32_t row = 0;  // of the training set
  std::optional<std::uint32_t> view_index;
};

struct TuningRun {
  std::optional<Backbone> frozen;  // up to the borders; none where nothing is frozen
  FineTuner tuner;
  std::vector<TunedView> views;
  std::uint64_t seed = 0;
  FineTuneOrigin origin;
  std::vector<float> maps = {};  // of the last view at all borders, one behind the other
};

struct AdviceRun {
  std::uint64_t revision = 0;  // of the store
  std::vector<CandidateResult> candidates;
  // Positions of the heads on the last layer, on an earlier block and on joined layers, and of the usual way.
  std::optional<std::size_t> last;
  std::optional<std::size_t> earlier;
  std::optional<std::size_t> joined;
  std::size_t usual = 0;
  // Of the head on the last layer: what data advice looks at.
  std::vector<std::uint32_t> held_out_rows;
  std::vector<std::uint32_t> held_out_predictions;
  std::vector<float> held_out_probabilities;
  std::vector<float> borders;  // [sample_count, embedding_dim]
  std::size_t border_count = 0;
};

// What data advice looks at, with the memory that its spans point to.
struct AdviceEvidence {
  std::vector<float> embeddings;  // [sample_count, embedding_dim]
  std::vector<float> mirrored;    // the same of the mirrored pictures, or nothing
  DataEvidence data;
};

struct TrainedHead {
  Head head;  // without its tensors and what it is judged by
  std::vector<ChangedTensor> tensors;
  HeadKind kind = HeadKind::kLogistic;
  std::vector<ClassId> class_ids;  // [class_count], the class of each row
  std::optional<HeadReader> reader;
  std::optional<KnownJudge> judge;          // none: everything counts as known
  std::vector<FeatureBlock> judged_blocks;  // of the backbone's row; none: what the head reads is judged

  // Towards a judge: what a head with layers of its own reads of these samples [judged_ids, feature_count].
  std::vector<SampleId> judged_ids;
  std::vector<float> judged_rows;

  // The row of a class; none where it is not one of the head's.
  [[nodiscard]] std::optional<std::uint32_t> row_of(ClassId class_id) const;

  // `rows` [sample_count, features of `blocks`, else head.feature_count].
  Status judge_by(std::span<const float> rows, std::vector<FeatureBlock> blocks,
                  std::span<const std::uint32_t> class_indices, const ComputePool& pool);
  // By what travelled with the head, which fits the backbone.
  Status judge_by(const KnownEvidence& evidence, std::span<const FeatureBlock> blocks,
                  const ComputePool& pool);
  // For a file; of its classes those that are counted [classes of the judge] come first.
  [[nodiscard]] std::optional<KnownEvidence> evidence(std::span<const std::uint8_t> is_counted) const;
};

// What answers now: the trained head without the rows of removed and disabled classes, or the class means.
struct AnsweringHead {
  Head head;
  HeadKind kind = HeadKind::kNearestMean;
  std::vector<ClassId> class_ids;
  std::vector<std::uint8_t> is_counted;  // [classes of the judge, else of the head], 0 where one is out now
  std::optional<HeadReader> reader;      // of the class means; a trained head has its own
  bool trained = false;
  std::uint64_t revision = 0;  // of the store, when this was made
};

struct Session::State {
  // What a network is fitted to, also where nobody could ask for that: a .tflite comes in any size.
  static constexpr std::int32_t kOwnInputSize = 0;

  // Order is lifetime.
  const ComputePool& pool;
  Backbone backbone;
  SampleStore store;
  PaddedBuffer<float> row;  // [feature_count] of the last frame: all pooled maps
  std::optional<ImagePreparer> picture_preparer = {};
  PaddedBuffer<std::uint8_t> picture = {};
  std::vector<std::uint8_t> view_picture = {};  // RGBA
  PendingViews pending_views = {};
  std::optional<TrainingRun> run = {};
  std::optional<TrainReport> aside = {};  // of a run that was set aside
  std::optional<TuningRun> tuning = {};
  std::optional<AdviceRun> advice = {};
  std::optional<TrainedHead> trained_head = {};
  std::optional<Head> read_head = {};
  std::optional<AnsweringHead> answering_head = {};
  std::vector<float> features = {};  // what the answering head reads of the last frame
  std::vector<float> judged = {};    // what tells whether it is known
  std::vector<float> probabilities = {};
  std::optional<Backbone> mapped = {};      // gives the maps that are looked at
  std::optional<Backbone> own_mapped = {};  // the same of the network that the trained head changed
  std::optional<Backbone> finer = {};       // the same at a larger input size, for attention
  std::vector<PlacedFeatures> places = {};  // of the last frame, where it was embedded for attention
  std::vector<float> placed = {};           // [feature_count], their means
  SimilarSamples similar = {};
  std::vector<StageMaps> stages = {};  // without their values
  std::uint64_t stages_revision = 0;   // of the store, when the channels were chosen
  std::size_t stages_channel_count = 0;

  Status try_backbone();
  Status embed_row(const FrameView& frame, const PrepareOptions& options);
  // Into view_picture: a view, or without an index the picture with its middle painted over.
  Status make_view_picture(const FrameView& picture, std::optional<std::uint32_t> view_index);
  [[nodiscard]] FrameView view_frame(const FrameView& picture) const;

  Status refresh_answering_head();
  Result<TrainedHead> judged_head() const;  // of the run that is done, without a reader
  bool answer_with_trained_head();
  HeadReader& answering_reader();  // of the head that was refreshed
  Status prepare_maps(std::optional<Backbone>& source, const Network& network, std::int32_t input_size_px,
                      FeatureSet wanted) const;
  Status read_finer(const FrameView& frame, const PrepareOptions& options, bool& is_finer);
  Result<double> known_now();
  const HeadReader* own_layers();  // none where the network answers as it came
  void choose_stages(std::size_t channel_count, const HeadReader* own);

  void describe_head(Head& head, std::uint64_t seed) const;
  // All that can fail before a head is put to work: what it reads, and that it answers with numbers.
  Status prepare_head(TrainedHead& trained, std::span<const std::uint8_t> backbone_file);
  void put_to_work(TrainedHead trained);
  Status judge_from_store(TrainedHead& trained);

  Status open_frozen_part(std::span<const std::uint8_t> backbone_file);
  SessionReport report_of(TrainReport training, std::size_t trained_weight_count) const;

  [[nodiscard]] bool advice_is_current() const;
  CandidateReport add_candidate(CandidateResult candidate, std::size_t trained_weight_count);
  [[nodiscard]] std::vector<float> last_layer_of(std::span<const float> rows, std::size_t row_count) const;
  std::unique_ptr<AdviceEvidence> advice_evidence();
};

// The features of `blocks` of every sample: [sample_count, feature_count_of(blocks)].
[[nodiscard]] std::vector<float> gather_rows(const TrainingSetView& samples,
                                             std::span<const FeatureBlock> blocks);

// too-few-samples where no picture differs from another.
[[nodiscard]] Status check_pictures_differ(const TrainingSetView& samples);

// Weights and biases of a head.
[[nodiscard]] std::size_t weight_count_of(const Head& head);

}  // namespace headstart
