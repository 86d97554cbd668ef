#include "group.h"

#include <algorithm>

#include "codec.h"
#include "event/record.h"
#include "json/writer.h"

namespace trailkeeper::journal {
namespace {

Error reused(const char* code, const char* what) {
  return Error{ErrorKind::invalid, code,
               std::string("This ") + what +
                   " was used before for something else; nothing of it was stored."};
}

std::string problem_json(const Error& error) {
  json::Writer out;
  out.begin_object().member("code", error.code).member("detail", error.message).end_object();
  return out.take();
}

ItemReceipt rejected(std::string problem) {
  ItemReceipt receipt;
  receipt.status = Status::rejected;
  receipt.problem = std::move(problem);
  return receipt;
}

}  // namespace

Result<std::optional<Receipt>> Group::earlier_answer(const Submission& submission) {
  if (!submission.request) return std::optional<Receipt>{};
  auto known = TRY(keys_.find_request(submission.request->key, now_));
  if (!known) return std::optional<Receipt>{};
  if (known->fingerprint != submission.request->fingerprint) {
    return reused("idempotency_key_reused", "Idempotency-Key");
  }
  return std::optional<Receipt>(Receipt{std::move(known->items), true});
}

Result<std::optional<ItemReceipt>> Group::settle(const Submission& submission, std::size_t index,
                                                 std::map<KeyHash, std::size_t>& seen) {
  const Item& item = submission.items[index];
  const auto refused = [&item] { return std::optional(rejected(item.problem)); };
  if (!item.external) return item.org ? std::optional<ItemReceipt>{} : refused();
  auto known = TRY(keys_.find_external(item.external->key, now_));
  if (known) {
    if (known->fingerprint != item.external->fingerprint) {
      return std::optional(rejected(problem_json(reused("external_id_reused", "external_id"))));
    }
    known->receipt.status = Status::duplicate;
    return std::optional(std::move(known->receipt));
  }
  if (!item.org) return refused();
  // The same external_id twice in one request must at least say the same.
  const Item& first = submission.items[seen.try_emplace(item.external->key, index).first->second];
  if (first.external->fingerprint != item.external->fingerprint) {
    return std::optional(rejected(problem_json(reused("external_id_reused", "external_id"))));
  }
  return std::optional<ItemReceipt>{};
}

ItemReceipt Group::store(const Item& item) {
  const std::string& org = item.org->str();
  OrgState& state = orgs_.touch(org);
  const Timestamp received_at = std::max({now_, state.floor, state.last_received});
  if (floor_hour(received_at) > floor_hour(state.last_received)) {
    ended_hours_.push_back({*item.org, floor_hour(received_at), Seq{state.next_seq - 1}});
  }
  ItemReceipt receipt;
  receipt.status = Status::created;
  receipt.id = item.id;
  receipt.seq = Seq{state.next_seq++};
  receipt.received_at = state.last_received = received_at;

  record_.clear();
  event::append_head(record_, receipt.seq, received_at);
  record_ += item.tail;
  receipt.sha256 = event::hash_record(record_);

  // All events of an organization in one group share their time: the state's times only move
  // between groups.
  Chunk& chunk = chunks_[org];
  if (chunk.count == 0) {
    chunk.org = org;
    chunk.received_at = received_at;
    chunk.first_seq = receipt.seq.value;
  }
  ++chunk.count;
  append_frame(chunk.body, receipt.sha256, record_);
  return receipt;
}

Result<Receipt> Group::add(const Submission& submission) {
  if (auto earlier = TRY(earlier_answer(submission))) return std::move(*earlier);

  // First find out what happens to each item, then change something: an atomic refusal must leave
  // no trace.
  std::map<KeyHash, std::size_t> seen;
  std::vector<std::optional<ItemReceipt>> settled(submission.items.size());
  bool any_rejected = false;
  bool any_new = false;
  for (std::size_t i = 0; i < submission.items.size(); ++i) {
    settled[i] = TRY(settle(submission, i, seen));
    any_rejected |= settled[i] && settled[i]->status == Status::rejected;
    any_new |= !settled[i];
  }
  if (submission.atomic && any_rejected) return reused("external_id_reused", "external_id");

  Receipt receipt;
  receipt.items.reserve(submission.items.size());
  for (std::size_t i = 0; i < submission.items.size(); ++i) {
    const Item& item = submission.items[i];
    if (settled[i]) {
      receipt.items.push_back(std::move(*settled[i]));
      continue;
    }
    if (item.external) {
      const std::size_t first = seen.at(item.external->key);
      if (first != i) {
        receipt.items.push_back(receipt.items[first]);
        receipt.items.back().status = Status::duplicate;
        continue;
      }
    }
    receipt.items.push_back(store(item));
    if (item.external) {
      keys_.remember_external(*item.external, now_ + lifetimes_.external_id, receipt.items.back());
    }
  }
  // A request of which nothing was stored leaves nothing behind, its key included.
  const bool any_stored =
      any_new || std::any_of(receipt.items.begin(), receipt.items.end(),
                             [](const ItemReceipt& r) { return r.status != Status::rejected; });
  if (submission.request && any_stored) {
    TRY(keys_.remember_request(*submission.request, now_ + lifetimes_.request_key, receipt.items));
  }
  return receipt;
}

std::vector<Chunk> Group::take_chunks(std::uint64_t first) {
  std::vector<Chunk> chunks;
  for (auto& [org, chunk] : chunks_) {
    chunk.position = first;
    chunk.bytes = chunk.body.size();
    first += chunk.count;
    chunks.push_back(std::move(chunk));
  }
  chunks_.clear();
  return chunks;
}

}  // namespace trailkeeper::journal
