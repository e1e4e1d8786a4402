package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// openapi serves the description of the API, made from the table of routes.
func (s *Server) openapi(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Send(s.description())
}

// describeAPI makes the description at its first request.
func describeAPI(version string) func() []byte {
	return sync.OnceValue(func() []byte {
		doc := describe(table())
		doc["info"] = object{"title": "Cemig Más", "version": orElse(version, "0"),
			"description": "Clients of a key-account portfolio, what happened with them, and their installations. Every answer is limited to what the signed-in user may see."}
		out, err := json.Marshal(doc)
		if err != nil {
			panic(err) // made of maps and strings
		}
		return out
	})
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

type object = map[string]any

// describe makes an OpenAPI 3.1 document of the operations in a table.
func describe(routes []route) object {
	d := &describer{schemas: object{}}
	paths := object{}
	for _, r := range routes {
		if r.api == nil {
			continue
		}
		path := bracePath(r.path)
		item, _ := paths[path].(object)
		if item == nil {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(r.method)] = d.operation(r)
	}
	d.schemas["Error"] = errorSchema()
	return object{
		"openapi": "3.1.0",
		"servers": []any{object{"url": "/api/v1"}},
		"paths":   paths,
		"components": object{
			"schemas":         d.schemas,
			"securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
			"responses": object{"Error": object{"description": "What is wrong, in words and by field.",
				"content": object{fiber.MIMEApplicationJSON: object{"schema": ref("Error")}}}},
		},
		"security": []any{object{"bearer": []string{}}},
	}
}

// bracePath writes /clients/:id as /clients/{id}.
func bracePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func errorSchema() object {
	var codes []string
	for _, c := range []crm.Code{crm.CodeInvalid, crm.CodeUnauthorized, crm.CodeForbidden, crm.CodeNotFound, crm.CodeConflict, crm.CodeDuplicate,
		crm.CodeTooMany, crm.CodeTooLarge, crm.CodeUnavailable, crm.CodeInternal} {
		codes = append(codes, string(c))
	}
	return object{"type": "object", "required": []string{"code", "message"}, "properties": object{
		"code":    object{"type": "string", "enum": codes},
		"message": object{"type": "string", "description": "In the language of the user, or of Accept-Language."},
		"fields":  object{"type": "object", "additionalProperties": object{"type": "string"}, "description": "What is wrong, by member of the request."},
		"current": object{"description": "Of a conflict: the record as it is now."},
		"differs": object{"type": "object", "description": "Of a conflict: both versions of each member that was sent and is another now.",
			"additionalProperties": object{"type": "object", "required": []string{"sent", "now"}, "properties": object{"sent": object{}, "now": object{}}}},
	}}
}

type describer struct{ schemas object }

func (d *describer) operation(r route) object {
	o := r.api
	out := object{"operationId": o.id, "summary": o.summary, "responses": d.responses(r)}
	if r.public {
		out["security"] = []any{}
	}
	if params := d.parameters(r); len(params) > 0 {
		out["parameters"] = params
	}
	switch {
	case o.upload != nil:
		out["requestBody"] = object{"required": true, "content": object{fiber.MIMEMultipartForm: object{"schema": uploadSchema(o.upload)}}}
	case r.method != fiber.MethodGet && hasBody(o.in):
		out["requestBody"] = object{"required": true, "content": object{fiber.MIMEApplicationJSON: object{"schema": d.body(o.in)}}}
	}
	return out
}

// uploadSchema is a form with a part named file beside the given fields.
func uploadSchema(fields object) object {
	all := object{"file": object{"type": "string", "contentMediaType": fiber.MIMEOctetStream}}
	maps.Copy(all, fields)
	return object{"type": "object", "required": []string{"file"}, "properties": all}
}

// The fields beside the files of uploads.
var (
	importFields = object{"kind": object{"type": "string", "enum": []string{"", "portfolio", "ucmt", "readings", "tariffs"}},
		"year": object{"type": "integer"}, "dryRun": object{"type": "boolean"}}
	documentFields = object{"kind": object{"type": "string", "enum": append([]string{""}, crm.DocumentKinds...)}, "notes": object{"type": "string"},
		"contract": object{"type": "string"}, "amendment": object{"type": "string"}}
)

func (d *describer) responses(r route) object {
	o, out := r.api, object{"default": object{"$ref": "#/components/responses/Error"}}
	done := object{"description": "Done."}
	switch {
	case o.binary != "":
		done["content"] = object{o.binary: object{"schema": object{"type": "string", "contentMediaType": o.binary}}}
		if o.later {
			out["202"] = object{"description": "Not ready yet: look at Location.", "headers": locationHeader(),
				"content": object{fiber.MIMEApplicationJSON: object{"schema": d.schema(reflect.TypeFor[jobAnswer]())}}}
		}
	case o.out == reflect.TypeFor[none]():
		out["204"] = done
		return out
	default:
		done["content"] = object{fiber.MIMEApplicationJSON: object{"schema": d.answer(o)}}
	}
	if o.status == fiber.StatusAccepted {
		done["headers"] = locationHeader()
	}
	if o.out != nil && o.out.Implements(reflect.TypeFor[versioned]()) {
		done["headers"] = object{"ETag": object{"description": "The version, for If-Match.", "schema": object{"type": "string"}}}
	}
	out[strconv.Itoa(o.status)] = done
	return out
}

func locationHeader() object {
	return object{"Location": object{"description": "Where the job stands.", "schema": object{"type": "string"}}}
}

func (d *describer) answer(o *operation) object {
	switch {
	case o.rows != nil:
		return object{"type": "object", "required": []string{"items"}, "properties": object{
			"items": object{"type": "array", "items": d.schema(o.rows)},
			"next":  object{"type": "string", "description": "Cursor of the next page, for after; absent on the last."},
		}}
	case o.out == reflect.TypeFor[started]():
		return d.schema(reflect.TypeFor[jobAnswer]())
	}
	return d.schema(o.out)
}

func (d *describer) parameters(r route) []any {
	var out []any
	for _, f := range reflect.VisibleFields(r.api.in) {
		if name := f.Tag.Get("path"); name != "" {
			out = append(out, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		if name := f.Tag.Get("query"); name != "" {
			schema := d.schema(f.Type)
			if name == "limit" {
				out = append(out, object{"name": name, "in": "query", "schema": object{"type": "integer", "minimum": 0},
					"description": fmt.Sprintf("At most so many items; more than %d is taken as %[1]d, 0 as the list's own size.", crm.MaxListLimit)})
				continue
			}
			out = append(out, object{"name": name, "in": "query", "schema": schema})
		}
	}
	if r.method == fiber.MethodPatch {
		out = append(out, object{"name": "If-Match", "in": "header", "schema": object{"type": "string"},
			"description": "The ETag that was read; answers 412 with the record as it is now when somebody changed it since."})
	}
	if r.method == fiber.MethodPost && !r.public {
		out = append(out, object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string"},
			"description": "The same request sent twice with the same key makes one record."})
	}
	return out
}

// body is the schema of a request. What web itself declares is required unless
// it may be left away; a change of the domain may name any of its members.
func (d *describer) body(t reflect.Type) object {
	s := object{"type": "object", "properties": object{}, "additionalProperties": false}
	d.members(t, s)
	if hasEmbedded(t) {
		delete(s, "required")
	}
	return s
}

func hasEmbedded(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			return true
		}
	}
	return false
}

// schema describes a type; structs become components of their name.
func (d *describer) schema(t reflect.Type) object {
	switch t.String() {
	case "time.Time":
		return object{"type": "string", "format": "date-time"}
	case "json.RawMessage":
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.schema(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int64, reflect.Uint64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Int, reflect.Int32, reflect.Uint32:
		return object{"type": "integer"}
	case reflect.Slice:
		return object{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.Struct:
		return d.component(t)
	}
	return object{}
}

func (d *describer) component(t reflect.Type) object {
	name := componentName(t)
	if _, ok := d.schemas[name]; !ok {
		s := object{"type": "object", "properties": object{}}
		d.schemas[name] = s // before its members, which may name it
		d.members(t, s)
	}
	return ref(name)
}

// componentName is the type's name for those who do not see our code.
func componentName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[clientAnswer]():
		return "Client"
	case reflect.TypeFor[activityAnswer]():
		return "Activity"
	case reflect.TypeFor[installationAnswer]():
		return "InstallationWithContracts"
	case reflect.TypeFor[jobAnswer]():
		return "Job"
	}
	return strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

// members adds the members that encoding/json would write.
func (d *describer) members(t reflect.Type, s object) {
	properties := s["properties"].(object)
	required, _ := s["required"].([]string)
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if f.Anonymous && !tagged {
			d.members(f.Type, s)
			required, _ = s["required"].([]string)
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !f.IsExported() || name == "-" || f.Tag.Get("path") != "" || f.Tag.Get("query") != "" {
			continue
		}
		properties[orElse(name, f.Name)] = d.schema(f.Type)
		if !strings.Contains(options, "omitempty") {
			required = append(required, orElse(name, f.Name))
		}
	}
	if len(required) > 0 {
		s["required"] = required
	}
}
