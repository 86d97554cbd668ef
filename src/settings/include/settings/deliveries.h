#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "schedule/window.h"
#include "settings/delivery_records.h"
#include "settings/store.h"

// The lasting state of deliveries: destinations, streams, windows and the objects staged for them.
namespace trailkeeper::settings {

// The tables of deliveries in the settings' database. Thread-safe. What a call changed is durable
// when it returns, together with what `also` did in the same transaction: the entry about the
// change. Errors: those of the store, those of `also`, and as said per call; after one nothing is
// changed.
class Deliveries {
 public:
  using Also = std::function<Result<>(WriteTx& tx)>;
  // `before` is null for a new one.
  using AlsoPut =
      std::function<Result<>(WriteTx& tx, const Destination* before, const Destination& after)>;

  explicit Deliveries(Store& store) : store_(store) {}

  // Makes a draft, or changes what is shown of an existing destination. A destination that was
  // disabled becomes a draft again. A validation of other values ends. Of one in use another
  // frequency holds at once, and closed windows become due.
  Result<Destination> put(const NewDestination& request, const AlsoPut& also = {});
  // `not_found`.
  Result<Destination> find(const OrgId& org, const std::string& id);
  Result<std::vector<Destination>> list(const OrgId& org);
  // All with an open stream, of all orgs.
  Result<std::vector<Destination>> live();

  // Keeps the outcome of a validation of `validated`; nothing when other values are shown by now.
  Result<> record_validation(const Destination& validated, const ValidationFacts& facts,
                             Timestamp now, const Also& also = {});
  // The org of another destination that holds the location, one above or one below it; another org
  // before the same one. Empty when it is free.
  Result<std::optional<OrgId>> claimed_by(const OrgId& org, const std::string& id,
                                          const S3Target& target);

  // One transaction: claims the location, makes what is shown active and, when the location is new,
  // ends the stream in progress and opens the next where it ended, at its last delivered window.
  // Without a stream before, one that starts with the window in progress at `now`. `conflict`:
  // `not_validated`, `location_claimed`.
  Result<Destination> activate(const OrgId& org, const std::string& id, bool uncertain,
                               Timestamp now, const Also& also = {});
  Result<> set_state(const OrgId& org, const std::string& id, DestinationState state,
                     const std::string& reason_code, const std::string& reason,
                     const std::string& remedy, std::optional<Timestamp> next_attempt_at,
                     const Also& also = {});
  // Makes the next attempt due at once.
  Result<> clear_back_off(const OrgId& org, const std::string& id, const Also& also = {});
  // Ends the stream and gives up the claim; history stays.
  Result<> disconnect(const OrgId& org, const std::string& id, const Also& also = {});

  // The open stream of a destination; empty without.
  Result<std::optional<Stream>> open_stream(const OrgId& org, const std::string& id);
  // Backfills and replays that have not ended, oldest first.
  Result<std::vector<Stream>> side_streams(const OrgId& org, const std::string& id);
  // Opens a stream from `from` to where what was delivered begins, at the location in use.
  // `conflict`: `backfill_running`, `nothing_to_backfill`, `not_live`.
  Result<Stream> start_backfill(const OrgId& org, const std::string& id, Timestamp from,
                                Timestamp now, const Also& also = {});
  // Opens a stream below `<path>/replay/` that has the range of a delivered window. `not_found`;
  // `conflict`: `not_delivered`, `not_live`, `replay_running` when ten wait already.
  Result<Stream> start_replay(const OrgId& org, std::int64_t window, Timestamp now,
                              const Also& also = {});
  // Of a backfill or replay that has nothing left to do.
  Result<> complete_stream(std::int64_t stream);
  // The newest backfill; empty without.
  Result<std::optional<Backfill>> backfill(const OrgId& org, const std::string& id);
  // The highest stream number given in the org; 0 for none.
  Result<std::int64_t> highest_stream(const OrgId& org);
  // The key of the last manifest of the stream that is known to lie in the bucket; empty without.
  Result<std::string> last_manifest_key(std::int64_t stream);

  // Sets the first seq and adds window 0.
  Result<> begin_stream(std::int64_t stream, Seq first_seq, Timestamp now);
  Result<std::optional<DeliveryWindow>> last_window(std::int64_t stream);
  // Adds the next window. `failed` (code `windows_not_contiguous`) when it does not follow
  // the last one.
  Result<> add_window(std::int64_t stream, const schedule::Window& span, Seq last_seq,
                      std::uint64_t position);
  // The oldest one not delivered.
  Result<std::optional<DeliveryWindow>> next_window(std::int64_t stream);
  Result<std::string> manifest_sha256(std::int64_t stream, std::int64_t number);
  // The objects of a window by its number.
  Result<std::vector<StagedObject>> objects_of(std::int64_t stream, std::int64_t number);

  // False once it was ended, moved or disconnected.
  Result<bool> is_open_stream(std::int64_t stream);
  // Whether the window is one that is still to be delivered.
  Result<bool> is_open_window(std::int64_t window);

  // `epoch`: of the log that the manifest is signed for.
  Result<> record_staged(std::int64_t window, std::uint32_t epoch, std::uint64_t entries,
                         const std::vector<StagedObject>& objects, Timestamp now);
  Result<std::vector<StagedObject>> staged(std::int64_t window);
  Result<> confirm_object(std::int64_t window, int ordinal);
  Result<> record_attempt(const Stream& stream, std::int64_t window, const AttemptResult& result,
                          const Also& also = {});

  // The epoch for which the manifest with that digest was signed; 0 when it is unknown or was not.
  Result<std::uint32_t> manifest_epoch(const OrgId& org, const std::string& sha256);
  // Each stream's number with the last window that was staged; -1 for none.
  Result<std::map<std::int64_t, std::int64_t>> staged_windows(const OrgId& org);

  // Streams up to this number belong to an epoch that is over: what a bucket has of them, it may
  // have more of than this database.
  Result<std::int64_t> stream_floor(const OrgId& org);

  // Nothing when it is stopped already. `highest_stream`: no new stream gets this number or one
  // below.
  Result<> stop_log(const StoppedLog& stopped, std::int64_t highest_stream);
  Result<std::vector<StoppedLog>> stopped_logs();
  // Lets the log go on: every destination's stream ends and the next one opens where what is known
  // to be delivered ended.
  Result<> begin_epoch(const OrgId& org, Timestamp now, const Also& also = {});

  // Main streams and backfills of a destination that wrote to that location, ended ones too.
  Result<std::vector<Stream>> streams_at(const OrgId& org, const std::string& id,
                                         const S3Target& target);
  // In order, those after window `after`, opening windows too.
  Result<std::vector<DeliveryRecord>> delivered_windows(std::int64_t stream, std::int64_t after,
                                                        std::size_t limit);
  Result<> record_presence(const std::vector<std::pair<std::int64_t, Presence>>& windows,
                           Timestamp now);
  Result<> record_comparison(const OrgId& org, const std::string& id, Timestamp now);
  // Windows of which not everything lies in the bucket any more.
  Result<std::uint64_t> missing_windows(const OrgId& org, const std::string& id);

  // Delivered up to here in the open stream, else in the last one.
  Result<Seq> delivered_seq(const OrgId& org, const std::string& id);
  // The oldest closed window of the main stream that is not delivered; empty without.
  Result<std::optional<schedule::Window>> oldest_undelivered(const OrgId& org,
                                                             const std::string& id);
  // Newest first; `before` is the id of the last one seen, 0 at the start. An empty destination
  // means all.
  Result<std::vector<DeliveryRecord>> history(const OrgId& org, const std::string& id,
                                              std::int64_t before, std::size_t limit);

 private:
  Store& store_;
};

}  // namespace trailkeeper::settings
