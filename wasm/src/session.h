// What JavaScript holds: one Session of core's, and the input through which bytes come to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "input.h"
#include "seam.h"

namespace headstart::wasm {

// The picture that lies in the input, and the part of it that counts.
struct FrameDescription {
  std::int32_t width_px = 0;
  std::int32_t height_px = 0;
  std::int32_t stride_bytes = 0;
  bool mirror = false;
  std::int32_t crop_left_px = 0;
  std::int32_t crop_top_px = 0;
  std::int32_t crop_width_px = 0;  // 0: the largest square in the middle
  std::int32_t crop_height_px = 0;
};

// What a loaded backbone says of itself.
struct LoadedBackbone : BackboneInfo {
  std::int32_t used_input_size_px = 0;
  Precision precision = Precision::kFloat32;
  std::size_t memory_bytes = 0;
  std::vector<NetworkLayer> layers;
  std::vector<Strategy> strategies;
  FeatureSet scored_maps;
};

struct MemoryReport : SessionMemory {
  std::size_t wasm_bytes = 0;
  std::size_t input_bytes = 0;
};

// Translates between JavaScript and core, and computes nothing itself. Nothing throws across this seam: a
// call that can fail returns an outcome (seam.h).
//
// Bytes come in through one buffer: `inputView(byte_count)` gives a view of it, the caller fills that view
// and makes the call that reads it, all in one synchronous block, because any later call may grow the memory
// and empty the view. Bytes go out as copies. What the calls mean stands in headstart/session.h.
class SessionBinding {
 public:
  // To be called once, first.
  Done start(std::uint32_t thread_count);
  Outcome<InputView> inputView(std::uint32_t byte_count);
  // The backbone file in the input. Once.
  Outcome<LoadedBackbone> loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px,
                                       Precision precision);

  Outcome<std::vector<float>> embed(const FrameDescription& frame);
  Outcome<std::vector<float>> embedMaps(const FrameDescription& frame, const FeatureSet& maps);
  Outcome<std::span<const float>> embedRow(const FrameDescription& frame);
  Outcome<std::span<const std::uint8_t>> makePicture(const FrameDescription& frame, std::int32_t size_px);

  Done addClass(std::uint32_t class_id, const std::string& name);
  Done renameClass(std::uint32_t class_id, const std::string& name);
  Done removeClass(std::uint32_t class_id);
  Done setClassEnabled(std::uint32_t class_id, bool enabled);
  Done moveClass(std::uint32_t class_id, std::uint32_t class_index);
  std::vector<ClassInfo> classes() const;

  Done addSample(std::uint32_t sample_id, std::uint32_t class_id, const FrameDescription& frame);
  // Of floats in the input.
  Done addRow(std::uint32_t sample_id, std::uint32_t class_id, std::uint32_t feature_count);
  Done copySample(std::uint32_t from, std::uint32_t to, std::uint32_t class_id);
  Done removeSample(std::uint32_t sample_id);
  bool canRestore(std::uint32_t sample_id) const;
  Done restoreSample(std::uint32_t sample_id, std::uint32_t class_id);
  void forgetSample(std::uint32_t sample_id);
  Done moveSample(std::uint32_t sample_id, std::uint32_t class_id);
  Outcome<std::span<const float>> sampleEmbedding(std::uint32_t sample_id) const;
  Outcome<std::span<const float>> sampleRow(std::uint32_t sample_id) const;

  std::uint32_t viewCount() const;
  std::vector<SampleId> samplesWithoutViews() const;
  Done addView(std::uint32_t sample_id, std::uint32_t view_index, const FrameDescription& frame);

  Done trainBegin(const TrainOptions& options);
  Outcome<TrainProgress> trainStep();
  Outcome<SessionReport> trainFinish();
  void trainCancel();
  Done trainSetAside();
  Outcome<PlainHead> plainHead(const std::string& date);

  // With the backbone file in the input, as adoptHead where the head brings layers (else no bytes). Behind it
  // the round to go on from, or nothing.
  Outcome<TuneEstimate> tuneBegin(const FineTuneOptions& options, ViewUse views, std::uint32_t byte_count,
                                  std::uint32_t round_byte_count);
  WantedViews tuneWanted();
  Done tuneSupply(std::uint32_t view, const FrameDescription& frame);
  Done tuneTrial();
  Outcome<FineTuneProgress> tuneStep();
  Outcome<std::vector<std::uint8_t>> tuneRound() const;
  void tuneStop();
  Outcome<SessionReport> tuneFinish(std::uint32_t byte_count);
  void tuneCancel();

  void adviceBegin();
  Outcome<CandidateReport> adviceAdd(const std::string& strategy);
  Outcome<CandidateReport> adviceAddTuned(const std::string& strategy);
  Outcome<double> adviceTransfer(const std::string& map);
  Done adviceAddBorder(std::uint32_t sample_id, const FrameDescription& frame);
  Outcome<Advice> adviceFinish();
  Outcome<MirrorVerdict> mirrorVerdict();

  Done embedForRanking(const FrameDescription& frame);
  Outcome<Ranking> rank();
  Done embedForAttention(const FrameDescription& frame, bool is_finer);
  Outcome<Attention> attention(std::uint32_t class_id);
  std::vector<SimilarSample> similarSamples(std::uint32_t count);
  Outcome<std::vector<StageMaps>> lookInside(const FrameDescription& frame, std::uint32_t channel_count);
  Outcome<SampleMap> pictureMap();

  Outcome<HeadInfo> headInfo() const;
  Outcome<std::vector<std::uint8_t>> exportHead(const std::string& date);
  Outcome<std::vector<std::uint8_t>> headFile() const;
  Outcome<HeadInfo> headFileInfo(std::uint32_t byte_count);
  Outcome<HeadInfo> readHead(std::uint32_t byte_count);
  Done adoptHead(const std::vector<ClassId>& class_ids, std::uint32_t byte_count);

  std::vector<SampleId> samplesToJudgeBy() const;
  Done addToJudge(std::uint32_t sample_id, const FrameDescription& frame);

  MemoryReport memory() const;

 private:
  FrameView frame_of(const FrameDescription& frame) const;

  // Order is lifetime: the pool outlives all that computes with it.
  std::optional<ComputePool> pool_;
  Input input_;
  std::optional<Session> session_;  // none before loadBackbone: the engine calls nothing else before
};

}  // namespace headstart::wasm
