package crm

import (
	"encoding/json"
	"time"
)

// jsonTime and jsonString write what encoding/json writes for these types.
func jsonTime(t time.Time) []byte {
	b, err := json.Marshal(t.UTC())
	if err != nil {
		panic(err) // a year beyond 9999; inputs are checked
	}
	return b
}

func jsonString(s string) []byte {
	b, _ := json.Marshal(s)
	return b
}
