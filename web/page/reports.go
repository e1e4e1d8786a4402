package page

// Reports is the list of workbooks and the form of a new one: GET and POST /reports.
type Reports struct {
	Base
	Form   ReportForm
	Months []Option
	Langs  []Option
	Rows   []ReportRow
	More   *More
}

// ReportForm holds the fields month and lang.
type ReportForm struct {
	Month Field
	Lang  Field
}

// ReportRow is a workbook that was asked for.
type ReportRow struct {
	Name    string
	URL     string
	When    string
	Who     string
	State   Badge
	Size    string
	FileURL string // GET /reports/{id}/file, once done
}

// Report is one workbook: GET /reports/{id}.
type Report struct {
	Base
	Name    string
	Facts   []Fact
	Stats   []Stat
	Job     Job
	FileURL string
	Again   string // POST /reports
	Form    ReportForm
}

// Job is work in the background. Fragment: job, fetched again until it ends.
type Job struct {
	Text
	ID        string
	CSRF      string
	State     JobState
	Label     string // "Importando carteira.xlsx"
	Counts    string // "41.300 de 100.000"
	Left      string // "faltam 20 s"
	Percent   int
	URL       string // GET /jobs/{id}
	PageURL   string // the page that shows what came of it
	CancelURL string // POST /jobs/{id}/cancel; empty when it cannot be
	Notice    *Notice
}

// JobState is where a job stands.
type JobState string

// The states of a job.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Going tells that the job has not ended.
func (j Job) Going() bool { return j.State == JobQueued || j.State == JobRunning }

// Tone answers the colour of the progress.
func (j Job) Tone() State {
	switch j.State {
	case JobDone:
		return OK
	case JobFailed:
		return Bad
	case JobCancelled:
		return Warn
	}
	return ""
}

// Exports are the files of long lists that the reader asked for: GET /exports.
type Exports struct {
	Base
	Rows []ReportRow
	More *More
}

// Export is the file of one long list: GET /exports/{id}; without a Job the form
// that asks for it.
type Export struct {
	Base
	Name    string
	Lead    string
	Job     *Job
	Facts   []Fact
	FileURL string // GET /exports/{id}/file, once done
	GoURL   string // POST: the file, anew when there is a Job
	GoLabel string
	Back    Link
}
