package contract

// every stands for every method, or every path.
const every = "*"

// NodeDeviations are the places where the document of the Node API is not
// followed. Sections are those of node.md, which tells what real nodes and the
// original client do.
func NodeDeviations() []Deviation {
	return []Deviation{
		{Request, every, "/", undocumented, "20: the root tells what serves, and `config detect` looks at it"},
		{Request, "GET", "/ping", "security basic", "2.1: detection asks without credentials"},
		{Request, "GET", "/none/info", undocumented, "a script that asks for what no node has"},

		{Request, "GET", "/license", undocumented, "20"},
		{Request, "GET", "/files/*/preview", undocumented, "20, 7: thumbnails"},
		{Request, "POST", "/files/sync_setup", undocumented, "20, 14"},
		{Request, "POST", "/services/soap/*", undocumented, "20, 15.1: `health` asks Aspera Central"},
		{Request, every, "/services/rest/transfers/v1/*", undocumented, "20, 12.4: Aspera Central"},
		{Request, "GET", "/async/list", undocumented, "20, 13.1"},
		{Request, "POST", "/async/*", undocumented, "20, 13.1"},
		{Request, every, "/asyncs", undocumented, "20, 13.2"},
		{Request, every, "/asyncs/*", undocumented, "20, 13.2"},
		{Request, every, "/asyncs/*/*", undocumented, "20, 13.2"},
		{Request, every, "/streams", undocumented, "20, 12.1"},
		{Request, every, "/streams/*", undocumented, "20, 12.1"},
		{Request, every, "/rund/services", undocumented, "20, 12.2"},
		{Request, every, "/rund/services/*", undocumented, "20, 12.2"},
		{Request, every, "/v3/watchfolders", undocumented, "20, 12.3"},
		{Request, every, "/v3/watchfolders/*", undocumented, "20, 12.3"},
		{Request, every, "/v3/watchfolders/*/state", undocumented, "20, 12.3"},

		// A token leads to calls that the document has for passwords only.
		{Request, "GET", "/access_keys/{access_key_id}", "security basic", "20: a token's holder asks for its own access key"},
		{Request, "GET", "/access_keys/{access_key_id}", "header X-Aspera-Accesskey undeclared", "2: goes with every token"},
		{Request, "POST", "/files/download_setup", "security basic", "20: clients ask for the ports of transfers"},
		{Request, "POST", "/files/download_setup", "header X-Aspera-Accesskey undeclared", "2: goes with every token"},

		{Request, "GET", "/info", "security basic", "20: clients ask how transfers reach the server"},
		{Request, "GET", "/info", "header X-Aspera-Accesskey undeclared", "2: goes with every token"},

		{Request, "POST", "/files/create", "body.paths[].target type", "4: an object; the document says so too in words, but calls it a string"},
		{Answer, "POST", "/access_keys", "body.secret undeclared", "S4: a secret that the server made is told once"},

		{Request, "GET", "/permissions", "query include[] undeclared", "7.4: the original asks so; the document has embed[]"},
		{Answer, "GET", "/permissions", "body type", "S6: an array; the document shows one element of it"},
		{Request, "POST", "/permissions", "body required", "7.4: access_levels, without the former access_level"},
		{Request, "PUT", "/permissions/{id}", "body.access_levels type", "S6: an array, as when it is created; the document calls it a string"},

		{Answer, every, every, "status 401", "S1: the document lists no answer to wrong credentials"},
		{Answer, every, every, "status 403", "S1, S2: listed for a few calls only"},
		{Answer, every, every, "status 404", "S2: listed for calls by id only"},

		{Answer, "GET", "/info", "body.capabilities[].value type", "17: values are booleans and numbers, where the document has texts"},
		{Answer, "GET", "/info", "body.settings[].value type", "17, S8: clients need wss_enabled as a boolean and wss_port as a number"},

		{Answer, "POST", "/files/browse", "body.item_count undeclared", "20: clients page by it; listed for search only"},
		{Answer, "POST", "/files/browse", "body.total_count undeclared", "20: clients page by it; listed for search only"},
		{Answer, "POST", "/files/browse", "body.parameters undeclared", "20: listed for search only"},

		{Answer, "POST", "/files/page", "body.next_iteration_token undeclared", "the request's iteration_token is in the answer under this name, says the document of the request"},
		{Answer, "POST", "/files/page", "body.item_count undeclared", "as in a browse"},
		{Answer, "POST", "/files/page", "body.parameters undeclared", "as in a browse"},
		{Answer, "POST", "/files/du", "body.path type", "the path that was asked; the document calls it a number"},

		{Answer, "POST", "/files/download_setup", "body.transfer_specs[].error undeclared", "S2: a refused request is told inside of 200"},
		{Answer, "POST", "/files/download_setup", "body.transfer_specs[].transfer_spec.wss_*", "4.5: clients ask for these here"},
		{Answer, "POST", "/files/upload_setup", "body.transfer_specs[].transfer_spec.paths[] required", "9, S3.2: an upload asks by destination alone, and is answered what it asked"},

		{Answer, "GET", "/files/{id}", "body.content_type undeclared", "S5: files have it; listed for created ones only"},
		{Answer, "GET", "/files/{id}", "body.permission_count undeclared", "S5"},
		{Answer, "GET", "/files/{id}", "body.recursive_*", "S5: counts of a folder, which clients show"},
		{Answer, "GET", "/events", "body[].data type", "S7: an object, as the document shows it in words; it calls it a string"},
		{Answer, "GET", "/events", "body[].types type", "S7: an array, as the document says in words; it calls it a string"},

		{Answer, "GET", "/events/{id}", "body.data type", "S7: an object, as the document shows it in words; it calls it a string"},
		{Answer, "GET", "/events/{id}", "body.types type", "S7: an array, as the document says in words; it calls it a string"},

		{Answer, "GET", "/ops/transfers", "body[].files_skipped undeclared", "17: real transfers have it"},
		{Answer, "GET", "/ops/transfers", "body[].precalc undeclared", "17, S7: agent node reads it; the document has it in sessions only"},
		{Answer, "GET", "/ops/transfers", "body[].sessions[].files_skipped undeclared", "17: as in the transfer"},
		{Answer, "GET", "/ops/transfers", "body[].sessions[].transport undeclared", "the sandbox tells that its sessions are not FASP"},
		{Answer, "GET", "/ops/transfers", "body[].start_spec.tags.aspera.*", "8.3: tags are the clients' own"},
		{Answer, "GET", "/ops/transfers/{transfer_id}", "body.files_skipped undeclared", "17: real transfers have it"},
		{Answer, "GET", "/ops/transfers/{transfer_id}", "body.precalc undeclared", "17, S7: agent node reads it; the document has it in sessions only"},
		{Answer, "GET", "/ops/transfers/{transfer_id}", "body.sessions[].files_skipped undeclared", "17: as in the transfer"},
		{Answer, "GET", "/ops/transfers/{transfer_id}", "body.sessions[].transport undeclared", "the sandbox tells that its sessions are not FASP"},
		{Answer, "GET", "/ops/transfers/{transfer_id}", "body.start_spec.tags.aspera.*", "8.3: tags are the clients' own"},
		{Answer, "POST", "/ops/transfers", "body.paths undeclared", "S7: the spec is given back"},
		{Answer, "POST", "/ops/transfers", "body.tags.aspera.*", "8.3: tags are the clients' own"},
		{Request, "POST", "/ops/transfers", "body.tags.aspera.*", "8.3: tags are the clients' own"},
		{Request, "POST", "/ops/transfers", "body required", "server.md, upload: a node also takes the password of an SSH user in place of a token"},
		{Request, "POST", "/ops/transfers", "body.rate_policy_allowed undeclared", "8.3: a transfer spec goes on as the server gave it"},
		{Request, "POST", "/ops/transfers", "body.wss_port undeclared", "8.3: a transfer spec goes on as the server gave it"},

		{Answer, "GET", "/files/{uri_encoded_path}/contents", "response contentType", "S3: raw bytes"},
		{Answer, "GET", "/files/{id}/content", "response contentType", "S5: the type of the file, as the document says of the header"},
		{Answer, "GET", "/files/{id}/content", "header Content-Disposition undeclared", "4.4, S5: clients take the file's name from it"},
		{Answer, "GET", "/files/{id}/content", "header Accept-Ranges undeclared", "HTTP: parts of a file can be asked for"},
		{Answer, "GET", "/files/{id}/files", "body[].content_type undeclared", "S5: files have it; listed for created ones only"},
		{Answer, "GET", "/files/{id}/files", "body[].permission_count undeclared", "S5"},
		{Answer, "GET", "/files/{id}/files", "body[].recursive_*", "S5: counts of a folder, which clients show"},
		{Answer, "GET", "/files/{id}/files", "header X-Aspera-Total-Count undeclared", "S5.1"},
	}
}
