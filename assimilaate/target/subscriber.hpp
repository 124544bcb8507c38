#pragma once
/// A target that lives on a stream: it fetches what it lacks, assimilates while that arrives, serves the bank that was
/// validated last, and says how it went. A folder holds all of it:
///
///     state              what it remembers: heads, cursor of reports, counters
///     a.target b.target  its two lane banks, each with the cursor of what it has learnt
///     novelty/           inputs that are new to it and wait to be sent
///     spool/             segments, from which it learns and repairs without asking anybody again
///     device.key         its own signing key; the public half is its name
///
/// Whatever is killed whenever goes on as if nothing had happened: memristors and cursor lie in one file, and every
/// step is a function of what is saved and of the stream, not of when it arrived.

#include <functional>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/stream/report_words.hpp"
#include "assimilaate/target/judgement.hpp"
#include "assimilaate/target/spool.hpp"

namespace assimilaate {

namespace internal {
struct SubscriberState;
}

struct SubscriberOptions {
  Profile profile{};                 ///< of a new target
  std::optional<StreamId> stream{};  ///< of a new target; nothing: the only one there is
  /// A bank serves while the other learns. With one, learning changes what serves, and going back means learning the
  /// older epoch again.
  bool two_banks = true;
  std::size_t group = 256;  ///< records presented together as they arrive
  std::size_t passes = 0;   ///< over the whole epoch once it is complete; 0 as in `SessionOptions`
  std::size_t rounds = 4;
  bool own_inputs = false;
  /// Shares of held-out examples: what a bank must get right to serve, and how much worse it may be than the one that
  /// serves, besides one standard error (`Judgement::task`).
  double least = 0, tolerance = 0.01;
  /// As real silicon: a crash does not take back what pulses did, so that what was learnt last is learnt again.
  bool keeps_pulses = false;
  /// Of inputs that are new to it, sent a day and headers included [B]; 0: its owner does not consent, none are sent.
  std::uint64_t novelty_quota = 0;
  std::uint32_t device_class = 0;                 ///< for its reports
  std::size_t carrier = 0;                        ///< what it fetches by, for its reports: 0 folder, 1 HTTP, 2 MQTT
  std::function<double(const Events&)> joules{};  ///< what events cost [J], for its reports
  std::function<std::int64_t()> now_ms = [] { return 0; };  ///< Unix time [ms]; 0: no clock
};

/// One step of a subscriber.
struct Turn {
  enum class Kind {
    Idle,          ///< nothing to do
    Fetched,       ///< segments
    Learnt,        ///< a group of records
    Activated,     ///< an epoch was validated and serves
    NotConverged,  ///< it was tried, and what served still serves
    Refused        ///< a head, segment or epoch, see `reason`; what served still serves
  };
  Kind kind = Kind::Idle;
  std::uint32_t epoch = 0;
  std::uint64_t bytes = 0;          ///< fetched [B]
  std::size_t records = 0, of = 0;  ///< presented so far; there so far
  Judgement judgement{}, served{};  ///< of the new bank and of the one that served, on the same held-out examples
  std::string reason{};
};

/// What a target's folder says, also while a process runs it.
struct SubscriberFacts {
  PublicKey name{};
  StreamId stream{};
  std::filesystem::path serving_file{};  ///< empty: no bank serves yet
  std::uint32_t serving_epoch = 0, learning_epoch = 0, refused_epoch = 0, fallback_epoch = 0;  ///< 0: none
  ReportState state = ReportState::Unset;
  bool stale = false;
  std::uint64_t reports = 0;                  ///< written so far
  std::uint64_t down = 0, again = 0, up = 0;  ///< [B]
};

class Subscriber {
 public:
  /// Opens a target's folder, or makes one. One process at a time.
  /// @throws Error{Io} also when another process runs it, Error{Format|Integrity|Unsupported} for damaged files,
  /// Error{Usage} for options other than those it was made with.
  Subscriber(std::filesystem::path folder, SubscriberOptions options);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Take one step: look for a new head, fetch, learn a group, or learn the whole epoch, validate and serve.
  /// @param from  where the stream is; null: only what was fetched before is used
  /// @throws Error{Io|Integrity} of a carrier that fails or has less than it says: try again later, or go on without;
  /// Error{Io} of the own disk; Error{Interrupted} after a request to stop, with everything saved that was finished.
  Turn turn(const Carrier* from, const SourceTrust& trust, Progress* progress = nullptr, std::stop_token stop = {});
  /// True while a report waits to be sent. A newer one takes its place.
  [[nodiscard]] bool has_report() const;
  /// Send it, if there is one. @throws Error{Io}: it still waits.
  void send(Uplink& uplink);
  /// Let the last report be sent again, in case that whoever took it has lost it: collectors count it once.
  void repeat_report();
  /// Send the oldest of what is new, as far as the day's quota goes. @return inputs that were sent
  std::size_t send_novelty(Uplink& uplink);
  /// Keep those of a target's inputs that are new to what serves, for a later `send_novelty`; also while another
  /// process runs it. @return how many. @throws Error{Io} when nothing serves yet.
  static std::size_t keep_novelty(const std::filesystem::path& folder, const AatBlock& inputs);
  /// Serve the epoch before again: at once where the other bank still holds it, else once it has been learnt again.
  /// The epoch that served is not tried again. @throws Error{Usage} when there is none.
  void roll_back();
  /// Try the epoch again that did not converge, or from which it went back.
  void retry();

  [[nodiscard]] const PublicKey& name() const { return key_.public_key(); }
  [[nodiscard]] const std::optional<StreamId>& stream() const noexcept { return stream_; }
  /// True for the folder of a target.
  [[nodiscard]] static bool is_folder(const std::filesystem::path& folder);
  /// @throws Error{Io|Format|Integrity|Unsupported}
  [[nodiscard]] static SubscriberFacts facts(const std::filesystem::path& folder);
  /// The file of the bank that serves. @throws Error{Io} when none does yet.
  [[nodiscard]] static std::filesystem::path serving_file(const std::filesystem::path& folder);
  /// The epoch that serves; 0: none yet.
  [[nodiscard]] std::uint32_t serving_epoch() const;

 private:
  Turn step(const Carrier* from, const SourceTrust& trust, Progress* progress, std::stop_token stop);
  Turn look(const Carrier& from, const SourceTrust& trust);
  Turn fetch(const Carrier& from, const SourceTrust& trust);
  Turn learn(const SourceTrust& trust, Progress* progress, std::stop_token stop);
  Turn decide();
  bool write_novelty_down();
  void end_of_learning(bool served);
  Turn refuse(std::uint32_t epoch, ReportError word, const Error& why);
  void accept(bool anew);
  void choose(const Head& head);
  void begin(std::span<const std::byte> head, bool going_back);
  void need_learner();
  void save_learner(bool finished);
  void report(ReportState state, ReportError error = ReportError::Unset, const Judgement& found = {},
              const Target* of = nullptr);
  void save();
  void restore();
  [[nodiscard]] std::filesystem::path bank_file(std::int32_t bank) const;
  [[nodiscard]] Profile profile_of(std::int32_t bank) const;

  std::filesystem::path folder_;
  SubscriberOptions options_;
  std::optional<StreamId> stream_;
  std::unique_ptr<internal::SubscriberState> state_, saved_;  // now, and as it lies on the disk
  Spool spool_;
  SecretKey key_;
  std::optional<Target> learner_;            // the learning bank, as saved
  std::optional<StreamReader> reader_;       // what is there of its epoch
  std::pair<std::uint64_t, Digest> read_{};  // how much, and by which head
  std::uint64_t commits_ = 0;
  std::string last_refusal_;
  bool wavers_ = false;  // what was refused came again after it had gone: stale until something newer comes
};

}  // namespace assimilaate
