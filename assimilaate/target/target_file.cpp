/// `*.target`: magic, version, profile, chain, cursor, reports, banks, and an XXH3 of it all.

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/target/target.hpp"

namespace assimilaate {
namespace {

constexpr std::array<char, 4> magic{'A', 'A', 'T', 'T'}, bank_magic{'A', 'A', 'T', 'B'};
constexpr std::uint16_t version = 5;

void put_settings(ByteWriter& out, const Settings& settings) {
  out.put<std::uint64_t>(settings.size());
  for (const auto& [name, value] : settings) {
    out.put_text(name);
    out.put(value);
  }
}

Settings get_settings(ByteReader& in) {
  Settings settings;
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto name = in.get_text();
    settings[name] = in.get<double>();
  }
  return settings;
}

void put_seen(ByteWriter& out, const Seen& seen) {
  out.put(seen.keys_version);
  out.put(seen.head_version);
  out.put(seen.epoch);
  out.put(seen.count);
  out.put(seen.tip);
  out.put(seen.time_ms);
}

Seen get_seen(ByteReader& in) {
  Seen seen;
  seen.keys_version = in.get<std::uint32_t>();
  seen.head_version = in.get<std::uint64_t>();
  seen.epoch = in.get<std::uint32_t>();
  seen.count = in.get<std::uint64_t>();
  seen.tip = in.get<Digest>();
  seen.time_ms = in.get<std::int64_t>();
  return seen;
}

void put_profile(ByteWriter& out, const Profile& profile) {
  out.put_text(profile.name);
  out.put_text(profile.memristor);
  put_settings(out, profile.memristor_settings.fields);
  out.put_array(std::span(profile.memristor_settings.table));
  put_settings(out, settings_of(profile.imperfections));
  out.put_text(profile.noise.text());
  put_settings(out, profile.read.numbers());
  out.put_text(profile.organisation);
  put_settings(out, profile.organisation_settings);
  out.put_text(profile.rule);
  put_settings(out, profile.rule_settings);
  out.put_text(profile.emission);
  put_settings(out, profile.emission_settings);
  out.put(profile.full_scale);
  out.put(static_cast<std::uint8_t>(profile.calibrate));
  out.put(profile.spares);
  out.put(profile.seed);
  out.put(profile.target);
}

Profile get_profile(ByteReader& in) {
  Profile profile;
  profile.name = in.get_text();
  profile.memristor = in.get_text();
  profile.memristor_settings.fields = get_settings(in);
  profile.memristor_settings.table = in.get_array<double>();
  profile.imperfections = imperfections_from(get_settings(in));
  profile.noise = ReadNoise::parse(in.get_text());
  profile.read = ReadSettings::from(get_settings(in));
  profile.organisation = in.get_text();
  profile.organisation_settings = get_settings(in);
  profile.rule = in.get_text();
  profile.rule_settings = get_settings(in);
  profile.emission = in.get_text();
  profile.emission_settings = get_settings(in);
  profile.full_scale = in.get<double>();
  profile.calibrate = in.get<std::uint8_t>() != 0;
  profile.spares = in.get<std::uint32_t>();
  profile.seed = in.get<std::uint64_t>();
  profile.target = in.get<std::uint32_t>();
  return profile;
}

void put_report(ByteWriter& out, const Convergence& report) {
  out.put_text(report.transform);
  for (const std::uint64_t count :
       {report.examples, report.presentations, report.synapses, report.masked, report.held_out})
    out.put(count);
  for (const double value :
       {report.pulses_per_memristor, report.agreement, report.nmse, report.margin_p10, report.margin_p50})
    out.put(value);
  out.put(static_cast<std::uint8_t>(report.converged));
  out.put(report.events);
}

Convergence get_report(ByteReader& in) {
  Convergence report;
  report.transform = in.get_text();
  for (std::size_t* count :
       {&report.examples, &report.presentations, &report.synapses, &report.masked, &report.held_out})
    *count = in.get<std::uint64_t>();
  for (double* value :
       {&report.pulses_per_memristor, &report.agreement, &report.nmse, &report.margin_p10, &report.margin_p50})
    *value = in.get<double>();
  report.converged = in.get<std::uint8_t>() != 0;
  report.events = in.get<Events>();
  return report;
}

/// What lies between magic and version and the checksum at the end, which holds.
ByteReader open_checked(const std::string& name, std::span<const std::byte> bytes, const std::array<char, 4>& expected,
                        std::string_view what) {
  ByteReader in(bytes, name);
  if (in.get<std::array<char, 4>>() != expected)
    fail(Errc::Format, "{}: no {} (it does not begin with {})", name, what,
         std::string_view(expected.data(), expected.size()));
  if (const auto found = in.get<std::uint16_t>(); found != version)
    fail(Errc::Unsupported, "{}: target version {}, this build reads {}", name, found, version);
  std::uint64_t sum = 0;
  constexpr std::size_t prefix = 6;
  if (bytes.size() < sizeof sum + prefix) fail(Errc::Format, "{}: truncated", name);
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  const auto checked = bytes.first(bytes.size() - sizeof sum);
  if (sum != xxh3(checked))
    fail(Errc::Integrity, "{}: checksum does not hold (truncated or damaged; restore it or assimilate anew)", name);
  return {checked.subspan(prefix), name};
}

}  // namespace

void Target::save(const std::filesystem::path& file) const {
  ByteWriter out;
  out.put(magic);
  out.put(version);
  put_profile(out, profile_);
  const auto descriptor = write_descriptor(descriptor_);
  out.put_array(std::span<const std::byte>(descriptor));
  out.put<std::uint64_t>(codebooks_.size());
  for (const auto& book : codebooks_) out.put_array(std::span<const std::byte>(book));
  out.put_array(std::span<const std::byte>(network_));
  out.put<std::uint64_t>(examples_);
  out.put(static_cast<std::uint8_t>(options_.own_inputs));
  out.put<std::uint64_t>(options_.passes);
  out.put<std::uint64_t>(options_.rounds);
  out.put(options_.plateau);
  out.put(options_.agreement);
  out.put<std::uint64_t>(arrived_);
  out.put<std::uint64_t>(banks_done_);
  out.put<std::uint64_t>(rounds_done_);
  out.put(inferences_);
  out.put(session_);
  out.put(sessions_);
  out.put(static_cast<std::uint8_t>(lived_));
  put_seen(out, seen_);
  for (const auto& report : reports_) put_report(out, report);
  for (const auto& bank : banks_) bank.save(out);
  out.put(xxh3(out.bytes()));
  write_file_atomic(file, out.bytes());
}

Target Target::load(const std::filesystem::path& file) { return from_bytes(read_file(file), file.string()); }

Target Target::from_bytes(std::span<const std::byte> bytes, const std::string& name) {
  ByteReader in = open_checked(name, bytes, magic, "target file");
  Target target;
  target.profile_ = get_profile(in);
  target.descriptor_ = parse_descriptor(in.get_array<std::byte>()).value();
  const auto books = in.get<std::uint64_t>();
  if (books != target.descriptor_.boundaries.size())
    fail(Errc::Format, "{}: {} codebooks for {} boundaries", name, books, target.descriptor_.boundaries.size());
  for (std::uint64_t b = 0; b < books; ++b) target.codebooks_.push_back(in.get_array<std::byte>());
  target.network_ = in.get_array<std::byte>();
  target.examples_ = in.get<std::uint64_t>();
  target.options_.own_inputs = in.get<std::uint8_t>() != 0;
  target.options_.passes = in.get<std::uint64_t>();
  target.options_.rounds = in.get<std::uint64_t>();
  target.options_.plateau = in.get<double>();
  target.options_.agreement = in.get<double>();
  target.arrived_ = in.get<std::uint64_t>();
  target.banks_done_ = in.get<std::uint64_t>();
  target.rounds_done_ = in.get<std::uint64_t>();
  target.inferences_ = in.get<std::uint64_t>();
  target.session_ = in.get<std::uint32_t>();
  target.sessions_ = in.get<std::uint32_t>();
  target.lived_ = in.get<std::uint8_t>() != 0;
  target.seen_ = get_seen(in);
  target.wire();
  if (target.banks_done_ > target.banks_.size())
    fail(Errc::Format, "{}: {} banks done of {}", name, target.banks_done_, target.banks_.size());
  for (auto& report : target.reports_) report = get_report(in);
  for (auto& bank : target.banks_) bank.restore(in);
  in.expect_end();
  return target;
}

void Target::save_banks(const std::filesystem::path& file) const {
  ByteWriter out;
  out.put(bank_magic);
  out.put(version);
  out.put(stream_id(descriptor_));
  out.put(profile_.seed);
  out.put(profile_.target);
  for (const auto& bank : banks_) bank.save(out);
  out.put(xxh3(out.bytes()));
  write_file_atomic(file, out.bytes());
}

void Target::restore_banks(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  ByteReader in = open_checked(file.string(), bytes, bank_magic, "file of banks");
  const auto stream = in.get<StreamId>();
  const auto seed = in.get<std::uint64_t>();
  if (const auto number = in.get<std::uint32_t>();
      stream != stream_id(descriptor_) || seed != profile_.seed || number != profile_.target)
    fail(Errc::Mismatch, "{}: these are the banks of another target (stream {}, seed {}, number {})", file.string(),
         hex(stream), seed, number);
  for (auto& bank : banks_) bank.restore(in);
  in.expect_end();
}

}  // namespace assimilaate
