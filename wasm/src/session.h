// What JavaScript holds: one object with a backbone, the samples, a training run and a head in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "values.h"

namespace headstart::wasm {

// Translates between JavaScript and core, and computes nothing itself. Nothing throws across this seam: a
// call that can fail returns an outcome (values.h).
//
// Bytes come in through one buffer: `inputView(byte_count)` gives a view of it, the caller fills that view
// and makes the call that reads it, all in one synchronous block, because any later call may grow the memory
// and empty the view. Bytes go out as copies.
class Session {
 public:
  Session() = default;

  // To be called once, first.
  DoneOutcome start(std::uint32_t thread_count);

  BytesOutcome inputView(std::uint32_t byte_count);

  // Reads the backbone file in the input and puts it to work over an empty store. Once: another backbone
  // wants another session, so that the old one stays untouched until the new one is ready.
  BackboneOutcome loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px,
                               std::uint32_t max_batch_size, const NameList& maps);

  VectorOutcome embed(const FrameDescription& frame);
  BytesOutcome makePicture(const FrameDescription& frame, std::int32_t size_px);

  std::uint32_t addClass(const std::string& name);
  DoneOutcome renameClass(std::uint32_t class_id, const std::string& name);
  DoneOutcome removeClass(std::uint32_t class_id);
  DoneOutcome setClassEnabled(std::uint32_t class_id, bool enabled);
  DoneOutcome moveClass(std::uint32_t class_id, std::uint32_t class_index);
  ClassList classes() const;

  NumberOutcome addSample(std::uint32_t class_id, const FrameDescription& frame);
  NumberOutcome addEmbedding(std::uint32_t class_id, std::uint32_t feature_count);  // floats in the input
  NumberOutcome copySample(std::uint32_t sample_id, std::uint32_t class_id);
  DoneOutcome removeSample(std::uint32_t sample_id);
  DoneOutcome moveSample(std::uint32_t sample_id, std::uint32_t class_id);
  VectorOutcome sampleEmbedding(std::uint32_t sample_id) const;

  // One run at a time: begin, step until done, then finish (which puts the new head to work) or cancel.
  DoneOutcome trainBegin(const TrainSettings& settings);
  ProgressOutcome trainStep();
  ReportOutcome trainFinish();
  void trainCancel();

  // Two calls, so that the caller can time them apart: the frame's embedding stays inside until it is ranked.
  DoneOutcome embedForRanking(const FrameDescription& frame);
  RankingOutcome rank();

  HeadOutcome headInfo() const;
  BytesOutcome exportHead(const std::string& date);
  // Reads the head file in the input; adoptHead then names the class of each of its rows and puts it to work.
  HeadOutcome readHead(std::uint32_t byte_count);
  DoneOutcome adoptHead(const ClassIdList& class_ids);

  MemoryReport memory() const;

 private:
  struct TrainedHead {
    Head head;
    HeadKind kind = HeadKind::kLogistic;
    std::vector<ClassId> class_ids;  // [class_count], the class of each row
  };

  // What answers now: the trained head without the rows of removed and disabled classes, or the class means.
  struct AnsweringHead {
    Head head;
    HeadKind kind = HeadKind::kNearestMean;
    std::vector<std::uint32_t> class_ids;
    bool trained = false;
    std::uint64_t revision = 0;  // of the store, when this was made
  };

  FrameView frame_in_input(const FrameDescription& frame) const;
  Result<std::span<const float>> floats_in_input(std::uint32_t feature_count) const;
  Status embed_into_scratch(const FrameDescription& frame);
  Status refresh_answering_head();
  bool answer_with_trained_head();

  // Order is lifetime: the pool outlives all that computes with it.
  std::optional<ComputePool> pool_;
  PaddedBuffer<std::uint8_t> input_;
  PaddedBuffer<float> embedding_;  // [embedding_dim] of the last frame
  PaddedBuffer<std::uint8_t> picture_;
  std::optional<ImagePreparer> picture_preparer_;
  std::optional<Backbone> backbone_;
  std::optional<SampleStore> store_;
  std::optional<Trainer> run_;
  std::vector<std::uint32_t> run_class_indices_;  // [sample_count] of the run
  TrainSettings run_settings_;
  std::optional<TrainedHead> trained_head_;
  std::optional<Head> read_head_;
  std::optional<AnsweringHead> answering_head_;
  std::vector<float> probabilities_;
};

}  // namespace headstart::wasm
