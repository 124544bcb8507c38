#include "assimilaate/target/subscriber.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/stream/key_file.hpp"
#include "assimilaate/target/internal/convergence_report.hpp"
#include "assimilaate/target/internal/subscriber_state.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::bank_name;
using internal::epoch_of;
using internal::SubscriberState;

constexpr std::uint64_t least_slice = 1U << 20;               // fetched before anything is learnt of it [B]
constexpr std::uint32_t other_chip = std::uint32_t{1} << 31;  // the second bank's memristors are others

Head judged_head(const StreamId& stream, std::span<const std::byte> head) { return parse_head(stream, head).value(); }

/// What was judged on arrival is not judged again by today's clock; who was revoked since stays refused.
SourceTrust timeless(SourceTrust trust) {
  trust.who.at(0);
  return trust;
}

/// Why this target cannot learn an epoch, today or tomorrow; nothing where the bytes are wrong.
std::optional<ReportError> beyond(Errc code) {
  if (code == Errc::Mismatch) return ReportError::Codebook;
  if (code == Errc::Unsupported) return ReportError::Version;
  if (code == Errc::Usage) return ReportError::Lanes;
  return std::nullopt;
}

/// Files that a kill left half written beside those they were to replace.
void remove_halves(const fs::path& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.path().extension() == ".part") fs::remove(entry.path(), none);
}

Spool open_spool(const fs::path& folder) {
  std::error_code reason;
  fs::create_directories(folder, reason);
  if (reason) fail(Errc::Io, "{}: cannot make the target's folder: {}", folder.string(), reason.message());
  try {
    Spool spool(folder / "spool");  // no other process is here
    remove_halves(folder);
    return spool;
  } catch (const Error& problem) {
    if (std::string_view(problem.what()).find("another writer") == std::string_view::npos) throw;
    fail(Errc::Io, "{}: another process runs this target; end it first", folder.string());
  }
}

SecretKey own_key(const fs::path& folder) {
  const auto file = folder / "device.key";
  if (!fs::exists(file)) {
    const auto part = folder / "device.key.part";
    write_private_key(part, SecretKey::generate(), "device");
    std::error_code reason;
    fs::rename(part, file, reason);
    if (reason) fail(Errc::Io, "{}: cannot be renamed into place: {}", part.string(), reason.message());
  }
  return read_private_key(file);
}

}  // namespace

Subscriber::Subscriber(fs::path folder, SubscriberOptions options)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      state_(std::make_unique<SubscriberState>()),
      saved_(std::make_unique<SubscriberState>()),
      spool_(open_spool(folder_)),
      key_(own_key(folder_)) {
  if (options_.group == 0) fail(Errc::Usage, "a group of 0 records teaches nothing; from 1 on");
  if (!fs::exists(folder_ / "state")) {
    state_->two_banks = options_.two_banks;
    state_->born_ms = options_.now_ms();
    *saved_ = *state_;
    stream_ = options_.stream;
    return;
  }
  *saved_ = *state_ = SubscriberState::load(folder_ / "state");
  if (state_->stream == StreamId{}) {  // it has refused all so far
    stream_ = options_.stream;
    return;
  }
  stream_ = state_->stream;
  if (options_.stream && *options_.stream != *stream_)
    fail(Errc::Usage, "{}: it is subscribed to stream {}, not to {} (another folder for another stream)",
         folder_.string(), hex(*stream_), hex(*options_.stream));
}

Subscriber::~Subscriber() = default;

void Subscriber::save() {
  try {
    state_->save(folder_ / "state");
    *saved_ = *state_;
  } catch (const Error&) {
    last_refusal_.clear();
    restore();
    throw;
  }
}

void Subscriber::restore() {
  *state_ = *saved_;
  learner_.reset();
}

fs::path Subscriber::bank_file(std::int32_t bank) const { return folder_ / bank_name(bank); }

std::uint32_t Subscriber::serving_epoch() const {
  return state_->serving < 0 ? 0 : epoch_of(*stream_, state_->active_head);
}

Profile Subscriber::profile_of(std::int32_t bank) const {
  if (bank == 0) return options_.profile;
  Profile profile = fs::exists(bank_file(0)) ? Target::load(bank_file(0)).profile() : options_.profile;
  profile.target ^= other_chip;
  return profile;
}

Turn Subscriber::turn(const Carrier* from, const SourceTrust& trust, Progress* progress, std::stop_token stop) try {
  return step(from, trust, progress, stop);
} catch (const Error&) {
  restore();
  throw;
}

Turn Subscriber::step(const Carrier* from, const SourceTrust& trust, Progress* progress, std::stop_token stop) {
  if (state_->learning >= 0) {
    if (from != nullptr) try {
        if (Turn turn = fetch(*from, timeless(trust)); turn.kind != Turn::Kind::Idle) return turn;
      } catch (const Error& problem) {
        // What is not there any more, or is not what it was, a newer head may no longer need.
        if (from->head(*stream_) != state_->head)
          if (Turn turn = look(*from, trust); turn.kind != Turn::Kind::Idle) return turn;
        if (problem.code() == Errc::Io) throw;
        (void)refuse(0, ReportError::Chain, problem);
        fail(Errc::Integrity, "{}", problem.what());
      }
    if (Turn turn = learn(timeless(trust), progress, stop); turn.kind != Turn::Kind::Idle) return turn;
  }
  return from == nullptr ? Turn{} : look(*from, trust);
}

bool Subscriber::has_report() const { return !state_->sent; }

void Subscriber::send(Uplink& uplink) {
  if (state_->sent) return;
  uplink.send(state_->report);
  state_->up += state_->report.size();
  state_->sent = true;
  save();
}

void Subscriber::repeat_report() { state_->sent = state_->report.empty(); }

Turn Subscriber::look(const Carrier& from, const SourceTrust& trust) {
  if (!stream_) {
    const auto streams = from.streams();
    if (streams.empty()) return {};
    if (streams.size() > 1) {
      std::string known;
      for (const StreamId& id : streams) known += (known.empty() ? "" : ", ") + hex(id);
      fail(Errc::Usage, "several streams there, name the one to subscribe to (--id): {}", known);
    }
    stream_ = streams.front();
  }
  auto bytes = from.head(*stream_);
  if (bytes.empty()) return {};
  auto head = parse_head(*stream_, bytes, trust.who);
  if (!head) return refuse(0, ReportError::Trust, head.error());
  if (auto old = check_current(*head, trust.who, trust.keys_version)) return refuse(0, ReportError::Trust, *old);
  if (bytes == state_->head) {
    accept(false);
    return {};
  }
  const bool anew = trust.reset_versions && trust.keys_version > state_->seen.keys_version && state_->seen.epoch != 0;
  const auto seen = take_in(state_->seen,
                            {.keys_version = trust.keys_version,
                             .head_version = head->version,
                             .epoch = head->tip.epoch,
                             .count = head->tip.count,
                             .tip = head->tip.hash,
                             .time_ms = head->time_ms},
                            head->expires_ms, trust.reset_versions);
  if (!seen) return refuse(0, ReportError::Trust, seen.error());
  accept(true);
  state_->stream = *stream_;
  state_->seen = *seen;
  state_->down.at(options_.carrier) += bytes.size();
  state_->head = std::move(bytes);
  if (anew) {  // an epoch of a number that it knows may be another one
    state_->refused_epoch = 0;
    spool_.forget({*stream_, head->tip.epoch});
    begin(state_->head, false);
  } else {
    choose(*head);
  }
  save();
  if (state_->learning < 0) return {};
  return {.kind = Turn::Kind::Fetched, .epoch = head->tip.epoch, .bytes = state_->head.size()};
}

void Subscriber::accept(bool anew) {
  if (anew) last_refusal_.clear();
  wavers_ = wavers_ && !anew;
  if (wavers_ || !std::exchange(state_->stale, false)) return;
  report(state_->state);
  save();
}

void Subscriber::choose(const Head& head) {
  const auto epoch = head.tip.epoch;
  if (epoch == state_->refused_epoch) return;
  if (state_->learning >= 0 && epoch_of(*stream_, state_->learning_head) == epoch)
    state_->learning_head = state_->head;
  else if (state_->serving >= 0 && epoch_of(*stream_, state_->active_head) == epoch)
    state_->active_head = state_->head;
  else
    begin(state_->head, false);
}

void Subscriber::begin(std::span<const std::byte> head, bool going_back) {
  const Bytes wanted(head.begin(), head.end());
  state_->learning = state_->two_banks && state_->serving == 0 ? 1 : 0;
  state_->learning_head = wanted;
  state_->fresh = true;
  state_->going_back = going_back;
  state_->fallback_ready = false;
  state_->begun_ms = options_.now_ms();
  learner_.reset();
  reader_.reset();
  std::vector<Bytes> needed{wanted, state_->active_head, state_->fallback_head};
  spool_.keep_only(*stream_, needed);
  report(ReportState::Assimilating);
}

Turn Subscriber::fetch(const Carrier& from, const SourceTrust& trust) {
  const Tip tip = judged_head(*stream_, state_->learning_head).tip;
  const auto there = spool_.size({*stream_, tip.epoch});
  if (there >= tip.bytes) return {};
  // Slices grow with what is there: what is fetched is read from the start, twice in all.
  const auto moved = spool_.fetch(from, *stream_, state_->learning_head, trust.who, std::max(least_slice, there));
  state_->down.at(options_.carrier) += moved;
  save();
  if (moved == 0) return {};
  return {.kind = Turn::Kind::Fetched, .epoch = tip.epoch, .bytes = moved};
}

Turn Subscriber::learn(const SourceTrust& trust, Progress* progress, std::stop_token stop) {
  const Tip tip = judged_head(*stream_, state_->learning_head).tip;
  const LogName log{*stream_, tip.epoch};
  try {
    if (const std::pair now{spool_.size(log), blake2b_256(state_->learning_head)}; !reader_ || now != read_) {
      if (now.first == 0) return {};
      reader_.emplace(spool_.read(*stream_, state_->learning_head, trust));
      read_ = now;
    }
    need_learner();
    const auto arrived = learner_->arrived();
    if (!learner_->begun() && arrived + options_.group <= reader_->size()) {
      learner_->arrive(*reader_, options_.group, progress, stop);
      save_learner(false);
      return {.kind = Turn::Kind::Learnt, .epoch = tip.epoch, .records = learner_->arrived(), .of = reader_->size()};
    }
    if (!reader_->closed()) return {};
    if (reader_->size() == 0) fail(Errc::Unsupported, "epoch {} has no records to learn from", tip.epoch);
    if (reader_->held_out_size() == 0)
      fail(Errc::Unsupported, "epoch {} has no held-out records; nothing could validate it", tip.epoch);
    learner_->assimilate(*reader_,
                         {.own_inputs = options_.own_inputs,
                          .passes = options_.passes,
                          .rounds = options_.rounds,
                          .after_round = [this] { save_learner(learner_->assimilated()); }},
                         progress, stop);
  } catch (const Error& problem) {
    const bool held = reader_.has_value(), begun = learner_ && learner_->begun();
    reader_.reset();
    learner_.reset();
    if (problem.code() == Errc::Interrupted || problem.code() == Errc::Io) throw;
    // What was begun was this stream's: it is asked to go on otherwise than it began, or with other records.
    if (problem.code() == Errc::Mismatch && begun) {
      state_->fresh = true;
      save();
      return learn(trust, progress, stop);
    }
    // Where the bytes hold, what they say is no chance.
    const std::optional<ReportError> word =
        held && problem.code() == Errc::Format ? ReportError::Version : beyond(problem.code());
    if (!word) state_->again += spool_.forget(log);
    return refuse(word ? tip.epoch : 0, word.value_or(ReportError::Chain), problem);
  }
  return decide();
}

void Subscriber::need_learner() {
  if (learner_) return;
  const auto file = bank_file(state_->learning), silicon = fs::path(file.string() + ".silicon");
  if (!fs::exists(file)) {
    learner_.emplace(*reader_, profile_of(state_->learning));
  } else
    try {
      learner_.emplace(Target::load(file));
      if (options_.keeps_pulses && fs::exists(silicon)) learner_->restore_banks(silicon);
    } catch (const Error& problem) {  // that is no fault of the epoch
      fail(Errc::Io, "{} (without these files the bank begins with new memristors: {}*)", problem.what(),
           file.string());
    }
  if (!state_->fresh) return;
  learner_->begin_epoch();
  learner_->save(file);
  state_->fresh = false;
  save();
}

void Subscriber::save_learner(bool finished) {
  const auto file = bank_file(state_->learning);
  // Silicon is ahead of its cursor: what was learnt since the cursor was written is learnt again.
  if (options_.keeps_pulses) learner_->save_banks(file.string() + ".silicon");
  if (!options_.keeps_pulses || finished || ++commits_ % 2 == 0) learner_->save(file);
}

Turn Subscriber::decide() {
  Turn turn{.kind = Turn::Kind::NotConverged, .epoch = epoch_of(*stream_, state_->learning_head)};
  turn.judgement = judge(*learner_, *reader_);
  double wanted = options_.least;
  if (state_->serving >= 0 && !state_->going_back) {
    double before = state_->served_task;  // a lone bank was judged on its own epoch's examples, when it still knew them
    if (state_->serving != state_->learning) {
      Target serves = Target::load(bank_file(state_->serving));
      turn.served = judge(serves, *reader_);
      before = turn.served.task;
    }
    const double chance =
        std::sqrt(before * (1 - before) / static_cast<double>(std::max<std::size_t>(turn.judgement.held_out, 1)));
    wanted = std::max(wanted, before - options_.tolerance - chance);
  }
  if (turn.judgement.task >= wanted) {
    turn.kind = Turn::Kind::Activated;
    if (state_->going_back) {
      state_->fallback_head.clear();
    } else {
      state_->fallback_head = std::exchange(state_->active_head, Bytes());
      state_->fallback_ready = state_->two_banks && state_->serving >= 0;
    }
    state_->active_head = state_->learning_head;
    state_->serving = state_->learning;
    state_->served_task = turn.judgement.task;
    report(state_->going_back ? ReportState::RolledBack : ReportState::Active, ReportError::Unset, turn.judgement,
           &*learner_);
  } else {
    turn.reason =
        fmt::format("{:.4f} of held-out examples come out right, {:.4f} are wanted", turn.judgement.task, wanted);
    if (!state_->going_back) state_->refused_epoch = turn.epoch;
    report(ReportState::NotConverged, ReportError::Gate, turn.judgement, &*learner_);
  }
  end_of_learning(turn.kind == Turn::Kind::Activated);
  save();
  return turn;
}

void Subscriber::end_of_learning(bool served) {
  // A lone bank that learnt in vain has overwritten what served.
  const bool lost = !served && !state_->going_back && state_->learning == state_->serving;
  state_->learning = -1;
  state_->going_back = false;
  state_->learning_head.clear();
  learner_.reset();
  reader_.reset();
  if (lost) begin(Bytes(state_->active_head), true);
}

Turn Subscriber::refuse(std::uint32_t epoch, ReportError word, const Error& why) {
  Turn turn{.kind = Turn::Kind::Refused, .epoch = epoch, .reason = why.what()};
  if (epoch != 0) {
    if (!state_->going_back) state_->refused_epoch = epoch;
    report(ReportState::Rejected, word);
    end_of_learning(false);
  } else {
    const bool told = std::exchange(last_refusal_, turn.reason) == turn.reason;
    if (told && state_->stale) return {};
    wavers_ = wavers_ || told;
    state_->stale = true;
    report(state_->state, word);
  }
  save();
  return turn;
}

void Subscriber::roll_back() {
  if (state_->serving < 0 || state_->fallback_head.empty())
    fail(Errc::Usage, "{}: there is no earlier epoch that served", folder_.string());
  state_->refused_epoch = epoch_of(*stream_, state_->head);
  if (!state_->fallback_ready) {
    begin(state_->fallback_head, true);
  } else {
    state_->serving = 1 - state_->serving;
    state_->learning = -1;
    state_->active_head = std::exchange(state_->fallback_head, Bytes());
    state_->fallback_ready = false;
    Target serves = Target::load(bank_file(state_->serving));
    report(ReportState::RolledBack, ReportError::Unset, {}, &serves);
  }
  save();
}

void Subscriber::retry() {
  if (std::exchange(state_->refused_epoch, 0) == 0)
    fail(Errc::Usage, "{}: no epoch was refused, there is nothing to try again", folder_.string());
  if (!state_->head.empty()) choose(judged_head(*stream_, state_->head));
  save();
}

void Subscriber::report(ReportState state, ReportError error, const Judgement& found, const Target* of) {
  state_->state = state;
  state_->error = error;
  state_->sent = false;
  state_->report = internal::write_convergence(*state_, options_, found, of, key_);
}

}  // namespace assimilaate
