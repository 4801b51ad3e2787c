#include "headstart/names.h"

namespace headstart {
namespace {

constexpr Named<HeadKind> kHeadKinds[] = {{HeadKind::kLogistic, "logistic"},
                                          {HeadKind::kNearestMean, "nearest-mean"},
                                          {HeadKind::kDiscriminant, "discriminant"},
                                          {HeadKind::kMlp, "mlp"}};
constexpr Named<ViewUse> kViewUses[] = {
    {ViewUse::kNone, "none"}, {ViewUse::kWithoutMirror, "without-mirror"}, {ViewUse::kAll, "all"}};
constexpr Named<TrainedPart> kTrainedParts[] = {{TrainedPart::kLastConvolution, "last-convolution"},
                                                {TrainedPart::kLastBlocks, "last-blocks"},
                                                {TrainedPart::kWholeNetwork, "whole-network"},
                                                {TrainedPart::kCut, "cut"}};
constexpr Named<FineTuneStage> kStages[] = {{FineTuneStage::kCollecting, "collecting"},
                                            {FineTuneStage::kLinearProbe, "linear-probe"},
                                            {FineTuneStage::kTuning, "tuning"},
                                            {FineTuneStage::kEmbedding, "embedding"},
                                            {FineTuneStage::kDone, "done"}};
constexpr Named<ReasonCode> kReasonCodes[] = {{ReasonCode::kUsual, "usual"},
                                              {ReasonCode::kClearlyBetter, "clearly-better"},
                                              {ReasonCode::kTooFewToCompare, "too-few-to-compare"}};
constexpr Named<DataCase> kDataCases[] = {{DataCase::kFewClose, "few-close"},
                                          {DataCase::kFewFar, "few-far"},
                                          {DataCase::kManyClose, "many-close"},
                                          {DataCase::kManyFar, "many-far"}};
constexpr Named<AdviceKind> kAdviceKinds[] = {
    {AdviceKind::kTooFew, "too-few"},        {AdviceKind::kNearDuplicates, "near-duplicates"},
    {AdviceKind::kConfused, "confused"},     {AdviceKind::kLabelDoubt, "label-doubt"},
    {AdviceKind::kBackground, "background"}, {AdviceKind::kMirrorMatters, "mirror-matters"}};
constexpr Named<MirrorVerdict> kMirrorVerdicts[] = {
    {MirrorVerdict::kHelps, "helps"}, {MirrorVerdict::kHarms, "harms"}, {MirrorVerdict::kUnclear, "unclear"}};
constexpr Named<Precision> kPrecisions[] = {{Precision::kFloat32, "float32"}, {Precision::kInt8, "int8"}};
constexpr Named<MapAxes> kMapAxes[] = {{MapAxes::kDiscriminants, "discriminants"},
                                       {MapAxes::kPrincipal, "principal"}};

}  // namespace

std::span<const Named<HeadKind>> names_of(HeadKind) {
  return kHeadKinds;
}
std::span<const Named<ViewUse>> names_of(ViewUse) {
  return kViewUses;
}
std::span<const Named<TrainedPart>> names_of(TrainedPart) {
  return kTrainedParts;
}
std::span<const Named<FineTuneStage>> names_of(FineTuneStage) {
  return kStages;
}
std::span<const Named<ReasonCode>> names_of(ReasonCode) {
  return kReasonCodes;
}
std::span<const Named<DataCase>> names_of(DataCase) {
  return kDataCases;
}
std::span<const Named<AdviceKind>> names_of(AdviceKind) {
  return kAdviceKinds;
}
std::span<const Named<MirrorVerdict>> names_of(MirrorVerdict) {
  return kMirrorVerdicts;
}
std::span<const Named<Precision>> names_of(Precision) {
  return kPrecisions;
}
std::span<const Named<MapAxes>> names_of(MapAxes) {
  return kMapAxes;
}

}  // namespace headstart
