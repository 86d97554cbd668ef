// Calls the server with WorkOS' unmodified Go client: only its endpoints are changed. Takes one JSON
// object of facts, prints one JSON object: what each step answered.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/workos/workos-go/v6/pkg/auditlogs"
	"github.com/workos/workos-go/v6/pkg/portal"
	"github.com/workos/workos-go/v6/pkg/workos_errors"
)

type facts struct {
	URL     string `json:"url"`
	Key     string `json:"key"`
	Slow    string `json:"slow"`
	Org     string `json:"org"`
	Strict  string `json:"strict"`
	Unknown string `json:"unknown"`
}

func client(url string, key string) *auditlogs.Client {
	return &auditlogs.Client{
		APIKey:          key,
		HTTPClient:      &http.Client{Timeout: 30 * time.Second},
		EventsEndpoint:  url + "/audit_logs/events",
		ExportsEndpoint: url + "/audit_logs/exports",
	}
}

func event(action string) auditlogs.Event {
	return auditlogs.Event{
		Action:   action,
		Actor:    auditlogs.Actor{ID: "user_go", Type: "user", Name: "Gopher"},
		Targets:  []auditlogs.Target{{ID: "team_1", Type: "team"}},
		Context:  auditlogs.Context{Location: "198.51.100.7", UserAgent: "go"},
		Metadata: map[string]interface{}{"client": "go", "password": "hunter2"},
	}
}

// What the client made of an error.
func seen(err error) map[string]interface{} {
	var found workos_errors.HTTPError
	if err == nil {
		return map[string]interface{}{"status": 0}
	}
	if !errors.As(err, &found) {
		return map[string]interface{}{"status": -1, "message": err.Error()}
	}
	return map[string]interface{}{
		"status": found.Code, "code": found.ErrorCode, "message": found.Message,
		"request_id": found.RequestID, "fields": found.FieldErrors,
		"is_bad_request": workos_errors.IsBadRequest(err),
	}
}

func main() {
	var known facts
	if err := json.Unmarshal([]byte(os.Args[1]), &known); err != nil {
		panic(err)
	}
	background := context.Background()
	trail := client(known.URL, known.Key)
	out := map[string]interface{}{}

	first := auditlogs.CreateEventOpts{OrganizationID: known.Org, Event: event("go.sent"), IdempotencyKey: "go-1"}
	first.Event.OccurredAt = time.Now().UTC()
	out["created"] = seen(trail.CreateEvent(background, first))
	out["again"] = seen(trail.CreateEvent(background, first))
	first.Event.Action = "go.other"
	out["reused"] = seen(trail.CreateEvent(background, first))

	wrong := event(known.Strict)
	wrong.Metadata["amount"] = "twelve"
	out["refused"] = seen(trail.CreateEvent(background, auditlogs.CreateEventOpts{OrganizationID: known.Org, Event: wrong}))
	out["unauthorized"] = seen(client(known.URL, "tk_wrong").CreateEvent(background, auditlogs.CreateEventOpts{OrganizationID: known.Org, Event: event("a")}))
	out["not_found"] = seen(trail.CreateEvent(background, auditlogs.CreateEventOpts{OrganizationID: known.Unknown, Event: event("a")}))

	_, err := trail.CreateExport(background, auditlogs.CreateExportOpts{OrganizationID: known.Org, RangeStart: "yesterday", RangeEnd: "2000-01-01T00:00:00Z"})
	out["bad_request"] = seen(err)

	var limited error
	for i := 0; i < 50 && limited == nil; i++ {
		limited = client(known.URL, known.Slow).CreateEvent(background, auditlogs.CreateEventOpts{OrganizationID: known.Org, Event: event("go.many")})
	}
	out["limited"] = seen(limited)

	export, err := trail.CreateExport(background, auditlogs.CreateExportOpts{
		OrganizationID: known.Org, RangeStart: "2000-01-01T00:00:00Z", RangeEnd: "2100-01-01T00:00:00Z", Actions: []string{"go.sent"}})
	out["export"] = seen(err)
	for i := 0; i < 300 && err == nil && export.State == "pending"; i++ {
		time.Sleep(100 * time.Millisecond)
		export, err = trail.GetExport(background, auditlogs.GetExportOpts{ExportID: export.ID})
	}
	out["state"], out["url"] = export.State, export.URL

	door := &portal.Client{APIKey: known.Key, Endpoint: known.URL}
	link, err := door.GenerateLink(background, portal.GenerateLinkOpts{Organization: known.Org, Intent: portal.AuditLogs})
	out["portal"], out["link"] = seen(err), link
	_, err = door.GenerateLink(background, portal.GenerateLinkOpts{Organization: known.Org, Intent: portal.SSO})
	out["portal_refused"] = seen(err)

	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}
