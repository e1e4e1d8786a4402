package web

import (
	"bytes"
	"encoding/json"

	"github.com/gofiber/fiber/v2"
)

// sentBody is where bindJSON keeps the body of a request.
type sentBody struct{}

// versions are the two values of a member in a conflict.
type versions struct {
	Sent json.RawMessage `json:"sent"`
	Now  json.RawMessage `json:"now"` // null: the record has none
}

// differences compares what a refused request sent with the record as it is now,
// member by member; nil when there is no such record.
func differences(c *fiber.Ctx, current any) map[string]versions {
	if current == nil {
		return nil
	}
	body, _ := c.Locals(sentBody{}).([]byte)
	var sent, now map[string]json.RawMessage
	raw, err := json.Marshal(current)
	if err != nil || json.Unmarshal(raw, &now) != nil || json.Unmarshal(body, &sent) != nil {
		return nil
	}
	out := map[string]versions{}
	for name, value := range sent {
		var compact bytes.Buffer
		if json.Compact(&compact, value) != nil || bytes.Equal(compact.Bytes(), now[name]) {
			continue
		}
		is := now[name]
		if is == nil {
			is = json.RawMessage("null")
		}
		out[name] = versions{compact.Bytes(), is}
	}
	return out
}
