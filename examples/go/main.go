// WorkOS' own client; only its endpoint is another.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/workos/workos-go/v6/pkg/auditlogs"
)

func main() {
	organization := os.Getenv("TRAILKEEPER_ORG")
	if organization == "" {
		organization = "acme"
	}
	client := &auditlogs.Client{
		APIKey:         os.Getenv("TRAILKEEPER_KEY"),
		HTTPClient:     &http.Client{Timeout: 30 * time.Second},
		EventsEndpoint: os.Getenv("TRAILKEEPER_URL") + "/audit_logs/events",
	}
	err := client.CreateEvent(context.Background(), auditlogs.CreateEventOpts{
		OrganizationID: organization,
		Event: auditlogs.Event{
			Action:     "go.sent",
			OccurredAt: time.Now(),
			Actor:      auditlogs.Actor{ID: "u_1", Type: "user", Name: "Ann"},
			Targets:    []auditlogs.Target{{ID: "7", Type: "invoice"}},
			Context:    auditlogs.Context{Location: "192.0.2.1", UserAgent: "example"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("sent")
}
