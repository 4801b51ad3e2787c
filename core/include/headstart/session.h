// One person's work, from the first picture to the head file: a backbone, the samples, a run of training, a
// head and what answers now. The page (through wasm/), the command line and the tests all drive this one
// class.
//
//   Session session = Session::open(backbone_file, 0, pool);
//   ClassId rock = session.samples().add_class("rock");
//   session.add_sample(rock, frame, {});               // … and so on, for two classes at least
//   session.train_begin({});
//   while (!session.train_step().value().done) {}
//   SessionReport report = session.train_finish();     // the new head answers from here on
//   session.embed_for_ranking(frame, {});
//   Ranking ranking = session.rank();
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "headstart/advice.h"
#include "headstart/answer_changes.h"
#include "headstart/attention.h"
#include "headstart/backbone.h"
#include "headstart/compute.h"
#include "headstart/features.h"
#include "headstart/fine_tuner.h"
#include "headstart/head.h"
#include "headstart/image.h"
#include "headstart/picture_map.h"
#include "headstart/sample_store.h"
#include "headstart/status.h"
#include "headstart/trainer.h"

namespace headstart {

// What an answer says of one picture.
struct Ranking {
  std::vector<ClassId> class_ids;
  std::vector<float> probabilities;  // [class_ids], they sum to 1
  double known = 1;                  // 0…1: whether it is any of them (headstart/known.h)
  HeadKind kind = HeadKind::kNearestMean;
  bool trained = false;  // false: class means stand in for a head
};

// A head without a transform beside the one that is in use, for programs that read no file newer than head/1.
struct PlainHead {
  std::vector<std::uint8_t> file;
  AnswerChanges changes;  // from the other to this one, on pictures that were held out of both
};

// The places that attention is told of: those of the network at its own input size, or of the same network on
// a picture of up to twice that size, where it can be run so.
enum class AttentionGrid : std::uint8_t { kOwn, kFiner };

// Where a picture speaks for a class of the session.
struct Attention : AttentionMap {
  ClassId class_id{};
};

// Where each picture of the enabled classes lies on a map of all of them.
struct SampleMap {
  MapAxes axes = MapAxes::kPrincipal;
  std::vector<SampleId> sample_ids;  // [sample_count], ascending
  std::vector<ClassId> class_ids;    // [sample_count]
  std::vector<float> positions;      // [sample_count, 2], as PictureMap has them
  std::vector<SampleId> twin_ids;    // [sample_count], the sample itself where it has none
};

// Some channels of one map of the network, as a picture makes them.
struct StageMaps {
  std::string map;      // "blocks.2": the last one of its size; "cut": what a head's own convolution makes
  bool is_own = false;  // changed by training: the person's own, not the backbone's
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint32_t> channels;  // [channel_count]
  std::vector<float> ratios;            // [channel_count], how well each tells the classes apart
  std::vector<ClassId> class_ids;       // [channel_count], where each is strongest; empty without classes
  // [channel_count, height, width]: 0 where a channel is weakest in this picture, 255 where it is strongest.
  std::vector<std::uint8_t> values;
};

// What is known of a head.
struct HeadInfo {
  HeadKind kind = HeadKind::kLogistic;
  std::vector<std::string> labels;  // [class_count], in row order
  std::vector<ClassId> class_ids;   // [class_count]; empty before a head from a file is adopted
  std::string backbone;
  std::string input_size;
  std::string seed;
  std::string date;
  std::size_t feature_count = 0;
  std::size_t hidden_count = 0;
  FeatureSet features;
  bool second_look = false;
  std::string border;          // the last map of the network that was not touched
  bool brings_layers = false;  // tensors of the network travel with it
};

// What came of a training run.
struct SessionReport : TrainReport {
  std::size_t sample_count = 0;
  std::vector<std::uint32_t> held_out_class_indices;  // [held_out_rows], what they really are
  std::size_t trained_weight_count = 0;
  std::optional<FineTuneReport> fine_tuning;
};

// What a fine-tuning that has begun would take.
struct TuneEstimate : FineTuneEstimate {
  std::size_t view_count = 0;
  std::size_t epoch_count = 0;
};

// The views whose maps fine-tuning needs next, and the samples whose kept pictures they are made from.
struct WantedViews {
  std::vector<std::uint32_t> views;
  std::vector<SampleId> sample_ids;  // [views]
};

// One way to train as it was measured.
struct CandidateReport : CandidateScore {
  std::size_t held_out_count = 0;
  std::size_t trained_weight_count = 0;
};

struct Advice {
  std::string recommended;  // the name of a candidate
  Reason reason;
  DataCase data_case = DataCase::kFewClose;
  std::vector<DataAdvice> data;
  MirrorVerdict mirror = MirrorVerdict::kUnclear;
};

struct SessionMemory {
  std::size_t backbone_bytes = 0;
  std::size_t store_bytes = 0;
  std::size_t view_bytes = 0;  // of store_bytes
  std::size_t head_bytes =
      0;  // what the head brings, what judges whether a picture is known, what fine-tunes
  std::size_t sample_count = 0;
};

// Movable; the pool must outlive it. Where a call takes `backbone_file`, it is the file that the session was
// opened with: a session does not keep it.
class Session {
 public:
  // Another backbone wants another session, so that the old one stays untouched until the new one is ready.
  // Fails as Backbone::load does.
  static Result<Session> open(std::span<const std::uint8_t> backbone_file, std::int32_t input_size_px,
                              const ComputePool& pool, Precision precision = Precision::kFloat32);

  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  [[nodiscard]] const Backbone& backbone() const;
  // Classes and samples are changed here; every answer takes such changes into account.
  SampleStore& samples();
  [[nodiscard]] const SampleStore& samples() const;

  // What a picture's features are: those that the head in use reads, those of some maps, those of all.
  Result<std::vector<float>> embed(const FrameView& frame, const PrepareOptions& options);
  Result<std::vector<float>> embed_maps(const FrameView& frame, const PrepareOptions& options,
                                        const FeatureSet& maps);
  Result<std::span<const float>> embed_row(const FrameView& frame, const PrepareOptions& options);
  // The square that is kept of a picture: RGBA [size_px, size_px, 4]. Valid until the next call.
  Result<std::span<const std::uint8_t>> make_picture(const FrameView& frame, const PrepareOptions& options,
                                                     std::int32_t size_px);

  // Identities as in the store: the caller's, or the next free one.
  Status add_sample(SampleId id, ClassId class_id, const FrameView& frame, const PrepareOptions& options);
  Result<SampleId> add_sample(ClassId class_id, const FrameView& frame, const PrepareOptions& options);
  Status copy_sample(SampleId from, SampleId to, ClassId class_id);  // with its views
  [[nodiscard]] Result<std::span<const float>> sample_embedding(SampleId id) const;

  // The views of a sample, one call for each, in their order, from its kept picture; the last one puts them
  // all into the store. Those of another sample begin anew.
  Status add_view(SampleId id, std::uint32_t view_index, const FrameView& picture);

  // One run at a time: begin, step until done, then finish (which puts the new head to work), measure it
  // against others (advice) or cancel.
  Status train_begin(const TrainOptions& options);
  Result<TrainProgress> train_step();
  Result<SessionReport> train_finish();
  void train_cancel();

  // Neither puts a head to work: a run that is done is set aside with what it measured, and a later run on
  // the same samples, of a head without a transform, becomes a file that is compared with it. bad-argument
  // for a head that has one.
  Status train_set_aside();
  Result<PlainHead> plain_head(const std::string& date);

  // Fine-tuning, after a run that is done: its head is what fine-tuning has to beat. Begin; then supply the
  // maps of the views that are wanted, each from its sample's kept picture, and step, until done; finish.
  // `round_file`: what tune_round() gave, to go on from there with the views that were used then; bad-file
  // where pictures, settings or the backbone are not those of then.
  Result<TuneEstimate> tune_begin(std::span<const std::uint8_t> backbone_file, const FineTuneOptions& options,
                                  ViewUse view_use, std::span<const std::uint8_t> round_file = {});
  WantedViews tune_wanted();
  Status tune_supply(std::uint32_t view, const FrameView& picture);
  Status tune_trial();  // a step to be timed, which changes nothing
  Result<FineTuneProgress> tune_step();
  // The run as it is after the epoch that the last step finished; bad-argument after any other step.
  [[nodiscard]] Result<std::vector<std::uint8_t>> tune_round() const;
  void tune_stop();  // ends with the best so far
  Result<SessionReport> tune_finish(std::span<const std::uint8_t> backbone_file);
  void tune_cancel();

  // Advice on the samples as they are: candidates one after another, each a run of that strategy that is
  // done, then what comes of them; the last head that was added is the usual way. A change to the samples
  // ends it (cancelled).
  void advice_begin();
  Result<CandidateReport> advice_add(const std::string& strategy);
  Result<CandidateReport> advice_add_tuned(const std::string& strategy);
  Result<double> advice_transfer(const std::string& map);  // LogME
  Status advice_add_border(SampleId id, const FrameView& picture);
  Result<Advice> advice_finish();
  Result<MirrorVerdict> mirror_verdict();  // from the views that are there

  // Two calls, so that the caller can time them apart: what the head reads stays inside until it is ranked.
  // not-trained while there are not two classes to tell apart.
  Status embed_for_ranking(const FrameView& frame, const PrepareOptions& options);
  Result<Ranking> rank();

  // The same, for seeing why: rank(), attention() and similar_samples() are then about this picture.
  // attention() fails with bad-argument for a class that is not among the answers. With the finer grid it is
  // about what the head makes of the larger picture (its logit too), rank() is not; of small things twice the
  // part of what it paints lies on them. It costs some four passes more, and is the own grid for a head that
  // brings layers of its own and for networks of 160 px or more.
  Status embed_for_attention(const FrameView& frame, const PrepareOptions& options,
                             AttentionGrid grid = AttentionGrid::kOwn);
  Result<Attention> attention(ClassId class_id);
  [[nodiscard]] std::vector<SimilarSample> similar_samples(std::size_t count);

  // What the network makes of a picture on its way, with the layers that the head in use changed, where it
  // did: of the last map of each size at most `channel_count` channels, those that tell the pictures of the
  // classes apart best (channels.h); without pictures some that are evenly chosen. The network is made ready
  // a second time for it, once for each head with layers of its own.
  Result<std::vector<StageMaps>> look_inside(const FrameView& frame, const PrepareOptions& options,
                                             std::size_t channel_count);

  // All pictures in a plane, by what the usual way to train reads of them; see picture_map.h.
  Result<SampleMap> picture_map();

  [[nodiscard]] Result<HeadInfo> head_info() const;
  // Without the rows of classes that are out now. not-trained where fewer than two are left.
  Result<std::vector<std::uint8_t>> export_head(const std::string& date);
  // All rows of the head in use, whichever classes are out now: what adopt_head takes up again.
  [[nodiscard]] Result<std::vector<std::uint8_t>> head_file() const;
  // What a head file says of itself, whichever backbone it belongs to. bad-file, bad-version.
  static Result<HeadInfo> head_file_info(std::span<const std::uint8_t> head_file);
  // Reads a head file and keeps it aside; adopt_head then names the class of each of its rows and puts it to
  // work. `backbone_file` is needed where the head brings layers of its own. Labels come cleaned for display.
  // A head that cannot be put to work, from a file or a training, leaves the one in use as it was.
  Result<HeadInfo> read_head(std::span<const std::uint8_t> head_file);
  Status adopt_head(std::span<const ClassId> class_ids, std::span<const std::uint8_t> backbone_file);

  // Whether a picture is known to a head from a file is judged by the pictures that are there. Where their
  // rows do not tell (the head brings layers of its own), they are read again: those that are missing, one
  // call for each from its kept picture; the last one puts the judge to work.
  [[nodiscard]] std::vector<SampleId> samples_to_judge_by() const;
  Status add_to_judge(SampleId id, const FrameView& picture);

  [[nodiscard]] SessionMemory memory() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace headstart
