// Session's views: changed copies of kept pictures, embedded once.
#include <algorithm>
#include <utility>

#include "session.h"

namespace headstart::wasm {

// Into view_picture_: a view, or without an index the picture with its middle painted over.
Status Session::make_view_picture(const FrameDescription& frame, std::optional<std::uint32_t> view_index) {
  const auto side = static_cast<std::size_t>(std::max(frame.width_px, 0));
  if (side > kMostPreparedSidePx)
    return Error{ErrorCode::kBadArgument, "a kept picture is a square of at most 1024 px"};
  view_picture_.resize(side * side * 4);
  return view_index ? make_view(frame_in_input(frame), views()[*view_index], view_picture_)
                    : make_border_view(frame_in_input(frame), view_picture_);
}

FrameView Session::view_picture(const FrameDescription& frame) const {
  return {view_picture_, frame.width_px, frame.width_px, 0};
}

std::uint32_t Session::viewCount() const {
  return static_cast<std::uint32_t>(views().size());
}

IdArray Session::samplesWithoutViews() const {
  const std::vector<SampleId> ids = store_ ? store_->missing_views() : std::vector<SampleId>();
  return IdArray(id_array<SampleId>(ids));
}

DoneOutcome Session::addView(std::uint32_t sample_id, std::uint32_t view_index,
                             const FrameDescription& frame) {
  if (!store_)
    return failure<DoneOutcome>({ErrorCode::kInternal, "a backbone must be at work before there are views"});
  const SampleId id{sample_id};
  if (view_index == 0) pending_views_ = {id, 0, std::vector<float>(views().size() * store_->feature_count())};
  if (pending_views_.sample != id || pending_views_.done != view_index || view_index >= views().size())
    return failure<DoneOutcome>({ErrorCode::kInternal, "views of a sample come in their order"});
  if (const Status made = make_view_picture(frame, view_index); !made) return done_outcome(made);
  const std::size_t count = store_->feature_count();
  const Status embedded = backbone_->embed_features(
      view_picture(frame), {}, std::span(pending_views_.rows).subspan(view_index * count, count));
  if (!embedded) return done_outcome(embedded);
  if (++pending_views_.done < views().size()) return done_outcome({});
  const Status kept = store_->set_views(id, pending_views_.rows);
  pending_views_ = {};
  return done_outcome(kept);
}

}  // namespace headstart::wasm
