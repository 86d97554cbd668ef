#include "settings/parts.h"

#include "rows.h"

namespace trailkeeper::settings {

Result<bool> had_part(const ReadTx& tx, std::string_view part) {
  auto statement = TRY(tx.database().prepare("SELECT 1 FROM parts WHERE name = ?1"));
  return statement.with(part).step();
}

Result<> note_part(WriteTx& tx, std::string_view part) {
  auto statement =
      TRY(tx.database().prepare("INSERT INTO parts (name) VALUES (?1) ON CONFLICT DO NOTHING"));
  return statement.with(part).run();
}

}  // namespace trailkeeper::settings
