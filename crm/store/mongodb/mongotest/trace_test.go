package mongotest

import (
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
)

func TestTraceCountsByKind(t *testing.T) {
	var trace Trace
	m := trace.Monitor()
	for i, took := range []time.Duration{time.Millisecond, 3 * time.Millisecond} {
		command, err := bson.Marshal(bson.D{{Key: "find", Value: "ledger"}})
		if err != nil {
			t.Fatal(err)
		}
		m.Started(t.Context(), &event.CommandStartedEvent{RequestID: int64(i), CommandName: "find", Command: command})
		end := event.CommandFinishedEvent{RequestID: int64(i), Duration: took}
		if i == 0 {
			m.Failed(t.Context(), &event.CommandFailedEvent{CommandFinishedEvent: end})
		} else {
			m.Succeeded(t.Context(), &event.CommandSucceededEvent{CommandFinishedEvent: end})
		}
	}
	got := trace.Costs()
	if len(got) != 1 || got[0] != (Cost{"find ledger", 2, 4 * time.Millisecond, 3 * time.Millisecond}) {
		t.Errorf("%+v", got)
	}
	if text := trace.String(); !strings.Contains(text, "find ledger") || !strings.Contains(text, "all ") {
		t.Errorf("%s", text)
	}
}
