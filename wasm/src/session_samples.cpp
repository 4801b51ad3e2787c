// Session's classes and samples.
#include <utility>

#include "session.h"

namespace headstart::wasm {

using emscripten::val;

namespace {

Error no_store() {
  return {ErrorCode::kInternal, "a backbone must be at work before there are samples"};
}

NumberOutcome sample_outcome(const Result<SampleId>& id) {
  if (!id) return failure<NumberOutcome>(id.error());
  return outcome<NumberOutcome>(val(static_cast<std::uint32_t>(id.value())));
}

}  // namespace

std::uint32_t Session::addClass(const std::string& name) {
  return store_ ? static_cast<std::uint32_t>(store_->add_class(name)) : 0;
}

DoneOutcome Session::renameClass(std::uint32_t class_id, const std::string& name) {
  return done_outcome(store_ ? store_->rename_class(ClassId{class_id}, name) : Status(no_store()));
}

DoneOutcome Session::removeClass(std::uint32_t class_id) {
  return done_outcome(store_ ? store_->remove_class(ClassId{class_id}) : Status(no_store()));
}

DoneOutcome Session::setClassEnabled(std::uint32_t class_id, bool enabled) {
  return done_outcome(store_ ? store_->set_class_enabled(ClassId{class_id}, enabled) : Status(no_store()));
}

DoneOutcome Session::moveClass(std::uint32_t class_id, std::uint32_t class_index) {
  return done_outcome(store_ ? store_->move_class(ClassId{class_id}, class_index) : Status(no_store()));
}

ClassList Session::classes() const {
  val list = val::array();
  if (store_) {
    const std::vector<ClassInfo> infos = store_->classes();
    for (std::size_t i = 0; i < infos.size(); ++i) {
      val entry = val::object();
      entry.set("id", static_cast<std::uint32_t>(infos[i].id));
      entry.set("name", infos[i].name);
      entry.set("sampleCount", static_cast<double>(infos[i].sample_count));
      entry.set("enabled", infos[i].enabled);
      list.set(i, entry);
    }
  }
  return ClassList(std::move(list));
}

NumberOutcome Session::addSample(std::uint32_t class_id, const FrameDescription& frame) {
  const Status status = embed_row(frame);
  if (!status) return failure<NumberOutcome>(status.error());
  return sample_outcome(store_->add_sample(ClassId{class_id}, row_.span()));
}

NumberOutcome Session::addRow(std::uint32_t class_id, std::uint32_t feature_count) {
  if (!store_) return failure<NumberOutcome>(no_store());
  const Result<std::span<const float>> floats = input_.floats(feature_count);
  if (!floats) return failure<NumberOutcome>(floats.error());
  return sample_outcome(store_->add_sample(ClassId{class_id}, floats.value()));
}

NumberOutcome Session::copySample(std::uint32_t sample_id, std::uint32_t class_id) {
  if (!store_) return failure<NumberOutcome>(no_store());
  const Result<std::span<const float>> row = store_->sample(SampleId{sample_id});
  if (!row) return failure<NumberOutcome>(row.error());
  const std::vector<float> copied(row.value().begin(),
                                  row.value().end());  // the row moves when the store grows
  const Result<SampleId> copy = store_->add_sample(ClassId{class_id}, copied);
  if (!copy) return sample_outcome(copy);
  const Result<std::span<const float>> rows = store_->views_of(SampleId{sample_id});
  if (!rows || rows.value().empty()) return sample_outcome(copy);
  const Status kept = store_->set_views(copy.value(), rows.value());
  return kept ? sample_outcome(copy) : failure<NumberOutcome>(kept.error());
}

DoneOutcome Session::removeSample(std::uint32_t sample_id) {
  return done_outcome(store_ ? store_->remove_sample(SampleId{sample_id}) : Status(no_store()));
}

DoneOutcome Session::moveSample(std::uint32_t sample_id, std::uint32_t class_id) {
  return done_outcome(store_ ? store_->move_sample(SampleId{sample_id}, ClassId{class_id})
                             : Status(no_store()));
}

VectorOutcome Session::sampleRow(std::uint32_t sample_id) const {
  if (!store_) return failure<VectorOutcome>(no_store());
  const Result<std::span<const float>> row = store_->sample(SampleId{sample_id});
  if (!row) return failure<VectorOutcome>(row.error());
  return outcome<VectorOutcome>(copied_array<float>(row.value()));
}

VectorOutcome Session::sampleEmbedding(std::uint32_t sample_id) const {
  if (!store_) return failure<VectorOutcome>(no_store());
  const Result<std::span<const float>> row = store_->sample(SampleId{sample_id});
  if (!row) return failure<VectorOutcome>(row.error());
  return outcome<VectorOutcome>(copied_array<float>(row.value().last(backbone_->info().embedding_dim)));
}

}  // namespace headstart::wasm
