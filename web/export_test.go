package web

// Routes lists the table for the matrix test: "GET /clients/:id api".
func Routes() []string {
	var out []string
	for _, r := range table() {
		if r.api != nil {
			out = append(out, r.method+" "+r.path+" api")
		}
		if r.page != nil {
			out = append(out, r.method+" "+r.path+" page")
		}
	}
	return out
}

// NotKept is what an upload answers that cannot be written.
var NotKept = notKept

// PathID is how an id stands in an address.
var PathID = pathID

// How divisions are typed and written.
var (
	ReadDivisions = readDivisions
	DivisionRuns  = divisionRuns
)

// Forms are the paths of forms that come back with what was typed.
func Forms() map[string]bool {
	out := map[string]bool{}
	for _, r := range table() {
		if r.form {
			out[r.path] = true
		}
	}
	return out
}
