// What JavaScript holds: one object with a backbone, the samples, a training run and a head in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "headstart/headstart.h"
#include "input.h"
#include "session_parts.h"
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
  BackboneOutcome loadBackbone(std::uint32_t byte_count, std::int32_t input_size_px);

  VectorOutcome embed(const FrameDescription& frame);                            // what the head in use reads
  VectorOutcome embedMaps(const FrameDescription& frame, const NameList& maps);  // pooled, joined
  VectorOutcome embedRow(const FrameDescription& frame);                         // all pooled maps
  BytesOutcome makePicture(const FrameDescription& frame, std::int32_t size_px);

  std::uint32_t addClass(const std::string& name);
  DoneOutcome renameClass(std::uint32_t class_id, const std::string& name);
  DoneOutcome removeClass(std::uint32_t class_id);
  DoneOutcome setClassEnabled(std::uint32_t class_id, bool enabled);
  DoneOutcome moveClass(std::uint32_t class_id, std::uint32_t class_index);
  ClassList classes() const;

  NumberOutcome addSample(std::uint32_t class_id, const FrameDescription& frame);
  NumberOutcome addRow(std::uint32_t class_id, std::uint32_t feature_count);  // floats in the input
  NumberOutcome copySample(std::uint32_t sample_id, std::uint32_t class_id);
  DoneOutcome removeSample(std::uint32_t sample_id);
  DoneOutcome moveSample(std::uint32_t sample_id, std::uint32_t class_id);
  VectorOutcome sampleEmbedding(std::uint32_t sample_id) const;
  VectorOutcome sampleRow(std::uint32_t sample_id) const;

  // The views of a sample, one call for each, in their order, from its kept picture in the input; the last
  // one puts them all into the store. Those of another sample begin anew.
  std::uint32_t viewCount() const;
  IdArray samplesWithoutViews() const;
  DoneOutcome addView(std::uint32_t sample_id, std::uint32_t view_index, const FrameDescription& frame);

  // One run at a time: begin, step until done, then finish (which puts the new head to work), measure it
  // against others (advice) or cancel.
  DoneOutcome trainBegin(const TrainSettings& settings, const NameList& maps);
  ProgressOutcome trainStep();
  ReportOutcome trainFinish();
  void trainCancel();

  // Fine-tuning, after a run that is done: its head is what fine-tuning has to beat. Begin with the backbone
  // file in the input; then supply the maps of the views that are wanted, each from its sample's kept picture
  // in the input, and step, until done; finish with the backbone file in the input again.
  TuneStartOutcome tuneBegin(const TuneSettings& settings, std::uint32_t file_byte_count);
  WantedViews tuneWanted();
  DoneOutcome tuneSupply(std::uint32_t view, const FrameDescription& frame);
  DoneOutcome tuneTrial();  // a step to be timed, which changes nothing
  TuneProgressOutcome tuneStep();
  void tuneStop();
  ReportOutcome tuneFinish(std::uint32_t file_byte_count);
  void tuneCancel();

  // Advice on the samples as they are: candidates one after another, each a run that is done, then what comes
  // of them; the last head that was added is the usual way. A change to the samples ends it.
  DoneOutcome adviceBegin();
  CandidateOutcome adviceAdd(const std::string& strategy, std::uint32_t simplicity);
  CandidateOutcome adviceAddTuned(const std::string& strategy, std::uint32_t simplicity);
  NumberOutcome adviceTransfer(const std::string& map);  // LogME
  DoneOutcome adviceAddBorder(std::uint32_t sample_id, const FrameDescription& frame);
  AdviceOutcome adviceFinish();
  TextOutcome mirrorVerdict();  // from the views that are there

  // Two calls, so that the caller can time them apart: what the head reads stays inside until it is ranked.
  DoneOutcome embedForRanking(const FrameDescription& frame);
  RankingOutcome rank();

  HeadOutcome headInfo() const;
  BytesOutcome exportHead(const std::string& date);
  // Reads the head file in the input; adoptHead then names the class of each of its rows and puts it to work,
  // with the backbone file in the input where the head brings layers of its own (else no bytes are needed).
  HeadOutcome readHead(std::uint32_t byte_count);
  DoneOutcome adoptHead(const ClassIdList& class_ids, std::uint32_t file_byte_count);

  // Whether a picture is known to a head from a file is judged by the pictures that are there. Where their
  // rows do not tell (the head brings layers of its own), they are read again: those that are missing, one
  // call for each from its kept picture; the last one puts the judge to work.
  IdArray samplesToJudgeBy() const;
  DoneOutcome addToJudge(std::uint32_t sample_id, const FrameDescription& frame);

  MemoryReport memory() const;

 private:
  FrameView frame_in_input(const FrameDescription& frame) const;
  Status embed_row(const FrameDescription& frame);
  FrameView view_picture(const FrameDescription& frame) const;
  Status make_view_picture(const FrameDescription& frame, std::optional<std::uint32_t> view_index);
  Status refresh_answering_head();
  Result<double> known_now();
  Status judge_from_store();
  bool answer_with_trained_head();
  Status put_to_work(TrainedHead trained, std::span<const std::uint8_t> backbone_file);
  void describe_head(Head& head, double seed) const;
  Status open_frozen_part(std::span<const std::uint8_t> backbone_file);
  CandidateOutcome add_candidate(CandidateResult candidate, double trained_weight_count);
  std::vector<float> last_layer_of(std::span<const float> rows, std::size_t row_count) const;
  std::unique_ptr<AdviceEvidence> advice_evidence();

  // Order is lifetime: the pool outlives all that computes with it.
  std::optional<ComputePool> pool_;
  Input input_;
  PaddedBuffer<float> row_;  // [feature_count] of the last frame: all pooled maps
  PaddedBuffer<std::uint8_t> picture_;
  std::optional<ImagePreparer> picture_preparer_;
  std::vector<std::uint8_t> view_picture_;  // RGBA
  std::optional<Backbone> backbone_;
  std::optional<SampleStore> store_;
  PendingViews pending_views_;
  std::optional<TrainingRun> run_;
  std::optional<TuningRun> tuning_;
  std::optional<AdviceRun> advice_;
  std::optional<TrainedHead> trained_head_;
  std::optional<Head> read_head_;
  std::optional<AnsweringHead> answering_head_;
  std::vector<float> features_;  // what the answering head reads of the last frame
  std::vector<float> judged_;    // what tells whether it is known
  std::vector<float> probabilities_;
};

}  // namespace headstart::wasm
