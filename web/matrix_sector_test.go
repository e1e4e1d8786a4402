package web_test

import (
	"maps"

	"cemigmas/web"
)

// The matrices' lines of sectors, which everybody reads and admins edit.
func init() {
	undo := at("/sectors/undo/" + web.PathID("sectors:none"))
	bad := map[string]any{"name": "", "divisions": []string{}}
	maps.Copy(matrix, map[string]cell{
		"GET /sectors api":               {path: at("/sectors")},
		"GET /sectors page":              {path: at("/sectors")},
		"POST /sectors api":              {reach: admins, path: at("/sectors"), body: bad, ok: 422, deny: 403},
		"POST /sectors page":             {reach: admins, path: at("/sectors"), form: []string{"name", ""}, ok: 422, deny: 403},
		"PUT /sectors/:id api":           {reach: admins, path: at("/sectors/retail"), body: bad, ok: 422, deny: 403},
		"DELETE /sectors/:id api":        {reach: admins, path: at("/sectors/retail"), ok: 422, deny: 403},
		"POST /sectors/:id/up api":       {reach: admins, path: at("/sectors/mining/up"), ok: 200, deny: 403},
		"POST /sectors/:id/up page":      {reach: admins, path: at("/sectors/mining/up"), ok: 303, deny: 403},
		"POST /sectors/:id/down api":     {reach: admins, path: at("/sectors/other/down"), ok: 200, deny: 403},
		"POST /sectors/:id/down page":    {reach: admins, path: at("/sectors/other/down"), ok: 303, deny: 403},
		"POST /sectors/undo/:batch api":  {reach: admins, path: undo, ok: 404, deny: 403},
		"POST /sectors/undo/:batch page": {reach: admins, path: undo, ok: 404, deny: 403},
		"GET /sectors/new page":          {reach: admins, path: at("/sectors/new"), deny: 403},
		"GET /sectors/:id page":          {reach: admins, path: at("/sectors/retail"), deny: 403},
		"POST /sectors/:id page":         {reach: admins, path: at("/sectors/retail"), form: []string{"name", ""}, ok: 422, deny: 403},
		"POST /sectors/:id/delete page":  {reach: admins, path: at("/sectors/retail/delete"), ok: 422, deny: 403},
	})
}
