import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// The rows of comfy-security(7), each as a script that tries what the row rules out, or does what it
/// allows. A script fails with the first command that fails; it starts in the project of
/// `project.sh`, and `$SERVER` has the model `ink.safetensors`.
@Suite("Nobody gets more than the user gives") struct SecurityTests {
  struct Row: Sendable, CustomTestStringConvertible {
    /// The heading and the item of the page: `The repository: settings`.
    let name: String
    let script: String
    var testDescription: String { name }

    init(_ name: String, _ script: String) {
      self.name = name
      self.script = script
    }
  }

  @Test("each row", arguments: rows)
  func row(_ row: Row) throws {
    let product = try #require(Product.path(), "comfy is not built")
    let server = try #require(Self.server())
    defer { server.stop() }
    let sandbox = try Sandbox(
      programs: ["comfy": product],
      variables: [
        "FIXTURES": Fixture.directory.string, "SERVER": server.url(""), "COMFY_JOBS": "1",
        "PORT": "\(server.port)",
      ])
    let result = try sandbox.run("sh", "-ec", Self.start + row.script)
    #expect(
      result.status == .exited(0),
      "\(row.name):\n\(result.outputText.suffix(2000))\(result.errorText.suffix(3000))")
  }

  @Test("the page has a test for each row, and no other")
  func page() throws {
    let page = try ManualPage(Runner.root.appending("man/comfy-security.7"))
    var (heading, names): (String, [String]) = ("", [])
    for line in page.section("WHO IS BELIEVED") {
      if line.hasPrefix(".Ss ") { heading = String(line.dropFirst(4)) }
      if line.hasPrefix(".It ") { names.append("\(heading): \(line.dropFirst(4))") }
    }
    #expect(names.count > 20)
    #expect(names == Self.rows.map(\.name))
  }

  private static func server() -> TestServer? {
    guard let ink = Fixture.model("i", 100) else { return nil }
    return TestServer { request in
      switch request.path {
      // Only a request that was signed gets the file.
      case let path where path.hasPrefix("/leak/"):
        guard request["authorization"] != nil else { return .text(404, "") }
        return ServedFile(ink).reply(to: request)
      case let path where path.hasPrefix("/moved/"):
        return .redirect(to: "http://localhost:\(request.port)/leak\(path)")
      case "/messages/ink.safetensors":
        return Reply(403, headers: [("X-Error-Message", "\u{1b}]0;steered\u{7}##[add-mask]x")])
      case "/packed/ink.safetensors":
        return Reply(200, headers: [("Content-Encoding", "gzip")], body: [0x1f, 0x8b, 8, 0])
      case "/long/ink.safetensors":
        var reply = Reply(200, body: [UInt8](repeating: 0x80, count: 20_000_000))
        reply.length = .none
        return reply
      case "/inner/resolve/main/ink.safetensors", "/a/inner/resolve/main/ink.safetensors":
        return .redirect(to: "http://localhost:\(request.port)/secret/ink.safetensors")
      case let path where path.hasSuffix("/ink.safetensors"):
        return ServedFile(ink).reply(to: request)
      default: return .text(404, "not found\n")
      }
    }
  }

  /// What the scripts share.
  private static let start = #"""
    . "$FIXTURES/workflows-commands/project.sh"; make_project >/dev/null 2>&1
    git add -A; git commit -qm start
    no() { if "$@" >out 2>err; then echo "succeeded: $*"; cat out err; return 1; fi; }
    touch out err
    says() { grep -qF -- "$1" out err || { echo "does not say: $1"; cat out err; return 1; }; }
    hides() { if grep -qF -- "$1" out err; then echo "says: $1"; cat out err; return 1; fi; }
    run() { "$@" >out 2>err || [ $? = 1 ]; }
    # intend URL [PATH]: an intent for the model ink.safetensors of the workflow 'still'
    intend() { comfy add-intent workflows/still.json ink.safetensors "$1" --path "${2-loras/ink.safetensors}"; }
    export COMFY_ALLOW_PRIVATE_HOSTS=true
    outside=$HOME/outside; mkdir "$outside"
    program() { printf '#!/bin/sh\ntouch "%s/ran"\n' "$HOME" >"$1"; chmod +x "$1"; }

    """#

  // MARK: - The rows

  static let rows =
    userRows + repositoryRows + workflowRows + serverRows + storeRows + folderRows

  private static let userRows = [
    Row(
      "The command line: settings",
      #"""
      git config comfy.modelsDir models; comfy init --models-dir "$outside"
      intend "$SERVER/ink.safetensors"; comfy fetch-intents --models-dir "$outside"
      test -f "$outside/loras/ink.safetensors"
      """#),
    Row(
      "The command line: commands",
      #"""
      mkdir comfy-workflows bin; program comfy-workflows/still.json; program bin/comfy-paint; program comfy-paint
      no comfy workflows/still.json; says resolve
      PATH=":.:bin:$PATH"; no comfy paint
      test ! -e "$HOME/ran"
      PATH="$PWD/bin:$PATH"; comfy paint; test -e "$HOME/ran"
      """#),
    Row(
      "The environment: settings",
      #"""
      intend "$SERVER/ink.safetensors"; COMFY_MODELS_DIR=$outside comfy fetch-intents
      test -f "$outside/loras/ink.safetensors"
      """#),
    Row(
      "The environment: tokens",
      #"""
      export HF_TOKEN=hf_secretsecretsecretsecret CIVITAI_API_TOKEN=secretsecretsecretsecret
      intend "$SERVER/ink.safetensors"; comfy fetch-intents --json --log log
      git config --global comfy.mirror "huggingface.co=$SERVER"
      comfy drop-model still ink.safetensors
      intend "https://huggingface.co/a/b/resolve/main/ink.safetensors" loras/other.safetensors
      run comfy fetch-intents --json --replace; says withheld || true
      if grep -rq secretsecret . "$HOME" --include='*' --exclude=err --exclude=out; then exit 1; fi
      """#),
    Row(
      "The user's configuration: settings",
      #"""
      printf '[comfy]\n\tmodelsDir = %s\n' "$outside" >"$HOME/more"
      git config --unset comfy.modelsDir; git config --global include.path "$HOME/more"
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; test -f "$outside/loras/ink.safetensors"
      comfy drop-model still ink.safetensors
      export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=comfy.commit GIT_CONFIG_VALUE_0=sometimes
      no intend "$SERVER/ink.safetensors" loras/other.safetensors; says sometimes
      """#),
  ]

  private static let repositoryRows = [
    Row(
      "The repository: settings",
      #"""
      unset COMFY_ALLOW_PRIVATE_HOSTS
      printf '[comfy]\n\tallowPrivateHosts = true\n\tcatalog = x\n' >more
      git config include.path ../more; git config comfy.index "$outside/index"
      git config comfy.mirror "example.com=$SERVER"; git config comfy.modelsDir "$outside"
      intend "$SERVER/ink.safetensors"; no comfy fetch-intents --models-dir models
      for key in allowPrivateHosts index mirror; do says "ignoring comfy.$key"; done
      says "git config --global comfy.mirror example.com=$SERVER"
      no comfy fetch-intents; says 'comfy init --models-dir'; test -z "$(ls -A "$outside")"
      comfy init --models-dir "$outside" >out 2>err
      COMFY_ALLOW_PRIVATE_HOSTS=true comfy fetch-intents; test -f "$outside/loras/ink.safetensors"
      comfy drop-model still ink.safetensors; git config comfy.commit never; count=$(git rev-list --count HEAD)
      intend "$SERVER/other/ink.safetensors" vae/ink.safetensors
      test "$(git rev-list --count HEAD)" = "$count"
      """#),
    Row(
      "The repository: bare repositories",
      #"""
      git init -q --bare inner; git -C inner config comfy.commit never
      cp -r pyproject.toml workflows inner/; cd inner
      git config comfy.commit sometimes; intend "$SERVER/ink.safetensors"
      mkdir "$HOME/bare"; cd "$HOME/bare"; git init -q --bare .; git config comfy.commit sometimes
      cp -r "$OLDPWD/pyproject.toml" "$OLDPWD/workflows" .
      no intend "$SERVER/ink.safetensors" loras/other.safetensors; says sometimes
      git config --global safe.bareRepository explicit
      intend "$SERVER/ink.safetensors" loras/other.safetensors
      """#),
    Row(
      "The repository: programs",
      #"""
      program hook; own="$PWD/hook"
      for hook in pre-commit post-commit reference-transaction post-index-change; do cp hook .git/hooks/$hook; done
      for key in core.fsmonitor core.pager core.editor core.sshCommand gpg.program diff.external uploadpack.packObjectsHook; do
        git config $key "$own"; done
      git config log.showSignature true; git config core.sharedRepository group
      intend "$SERVER/ink.safetensors" 2>err
      for command in status log 'diff HEAD' fsck 'show ink.safetensors' 'undo' 'resolve --yes --offline'; do run comfy $command; done
      test ! -e "$HOME/ran"
      git status >/dev/null 2>&1; test -e "$HOME/ran"
      """#),
    Row(
      "The repository: filters",
      #"""
      git config filter.own.clean "touch $HOME/ran; cat"; echo '*.toml filter=own' >.gitattributes
      run comfy diff; run comfy status; run comfy fsck
      count=$(git rev-list --count HEAD); intend "$SERVER/ink.safetensors" 2>err; says "the filter 'own'"
      test "$(git rev-list --count HEAD)" = "$count"; test ! -e "$HOME/ran"
      git config --unset filter.own.clean; git config --global filter.own.clean "touch $HOME/ran; cat"
      intend "$SERVER/ink.safetensors" loras/other.safetensors; test -e "$HOME/ran"
      """#),
    Row(
      "The repository: links",
      #"""
      mkdir "$outside/deep"
      intend "$SERVER/ink.safetensors" style_models/deep/ink.safetensors
      ln -s "$outside" models/style_models; no comfy fetch-intents; says "is behind a link out of the models directory, to '$outside"
      rm models/style_models; mkdir models/style_models; ln -s "$outside" models/style_models/deep
      no comfy fetch-intents; says 'comfy init --models-dir DIR'
      rm -r models/style_models; mv models real; mkdir aside; ln -s "$outside" models; no comfy fetch-intents
      test -z "$(find "$outside" -type f)"; rm models; mv real models
      ln -s ../loras models/checkpoints/loras; make_model "$outside/far.safetensors" f 100
      ln -s "$outside/far.safetensors" models/vae/far.safetensors
      comfy update-index; comfy list-models | grep far.safetensors
      mkdir "$outside/.x.pt.comfy-part"; echo kept >"$outside/.x.pt.comfy-part/bytes"; ln -s "$outside" models/clip
      comfy prune --partials; test -f "$outside/.x.pt.comfy-part/bytes"
      """#),
    Row(
      "The repository: the manifest's link",
      #"""
      mv pyproject.toml "$outside/other.toml"; cp "$outside/other.toml" kept; ln -s "$outside/other.toml" pyproject.toml
      run comfy status
      no intend "$SERVER/ink.safetensors"; says 'is a link out of the project'; cmp kept "$outside/other.toml"
      way=$(sed -n 's/^hint: .*place: //p' err); sh -ec "$way"; intend "$SERVER/ink.safetensors"
      mv pyproject.toml real.toml; ln -s real.toml pyproject.toml
      intend "$SERVER/ink.safetensors" loras/other.safetensors; test -L pyproject.toml
      """#),
    Row(
      "The repository: extra_model_paths.yaml",
      #"""
      ln -s "$HOME" up
      for folder in "$outside" up/outside ../home/outside; do
        printf 'x:\n  is_default: true\n  loras: %s\n' "$folder" >extra_model_paths.yaml
        comfy update-index 2>err; says 'it is outside the project'
        intend "$SERVER/ink.safetensors"; run comfy fetch-intents; test -z "$(ls -A "$outside")"; rm models/loras/ink.safetensors
        comfy drop-model still ink.safetensors; done
      for folder in venv/lib/site-packages .cache/x; do mkdir -p $folder; printf 'x:\n  loras: %s\n' "$folder" >extra_model_paths.yaml
        comfy update-index 2>err; says 'no place for models'; done
      printf 'x:\n  is_default: true\n  loras: %s\n' "$outside" >extra_model_paths.yaml
      git config --global comfy.extraModelPaths "$PWD/extra_model_paths.yaml"
      intend "$SERVER/ink.safetensors"; comfy fetch-intents --replace; test -f "$outside/ink.safetensors"
      i=0; { echo 'a: &a x'; while [ $i -lt 20 ]; do echo "b$i: *a"; i=$((i + 1)); done; } >extra_model_paths.yaml
      no comfy update-index; says alias
      """#),
    Row(
      "The repository: lists",
      #"""
      list='{"models":[{"filename":"ink.safetensors","type":"lora","save_path":"loras","url":"https://example.com/ink.safetensors"}]}'
      map='{"https://github.com/stranger/pack": [["Brush"], {}]}'
      echo '{"nodes":[{"id":1,"type":"Brush","mode":0}],"links":[],"version":0.4}' >workflows/brush.json
      bring() { manager="$1/custom_nodes/ComfyUI-Manager"; site="$1/.venv/lib/python3.12/site-packages"; mkdir -p "$manager" "$site/comfyui_manager"
        echo "$map" >"$manager/extension-node-map.json"; echo "$list" | tee "$manager/model-list.json" >"$site/comfyui_manager/model-list.json"; }
      comfy list-refs --json workflows/still.json | grep ink.safetensors | head -1 >refs; find() { comfy find-sources --json <"$HOME/refs" >out 2>err || [ $? = 1 ]; }; mv refs "$HOME/"
      refuses() { find; hides 'example.com/ink'; says "git config --global --add comfy.catalog"
        run comfy match-nodes workflows/brush.json; hides stranger; says "git config --global --add comfy.nodeMap"; }
      bring .; refuses
      way=$(sed -n 's/^hint: if you trust the list: //p' err); sh -ec "$way"; comfy match-nodes workflows/brush.json >out 2>err; says stranger; hides ignoring
      git config --global --unset-all comfy.nodeMap
      VIRTUAL_ENV=$PWD/.venv find; says 'example.com/ink'
      mkdir "$HOME/all"; mv custom_nodes .venv "$HOME/all/"; mkdir "$HOME/all/models"; export COMFY_MODELS_DIR=$HOME/all/models
      find; says 'example.com/ink'; hides ignoring
      ln -s "$HOME/all/models" link; mkdir ui ui/models; touch ui/main.py ui/folder_paths.py; bring ui; export COMFY_MODELS_DIR=$PWD/ui/models; refuses
      mv ui "$HOME/ui"; cd "$HOME/ui"; git init -q .; mkdir -p user/default; cp "$OLDPWD/pyproject.toml" user/default/; cp -r "$OLDPWD/workflows" user/default/
      cd user/default; export COMFY_MODELS_DIR=$HOME/ui/models; find; says 'example.com/ink'
      git -C "$HOME/ui" add -f .venv custom_nodes; refuses
      """#),
    Row(
      "The repository: special files",
      #"""
      for file in HEAD config index packed-refs refs/heads/main info/attributes info/exclude logs/HEAD objects/info/alternates; do
        for kind in pipe device endless; do
          cp -r .git kept; rm -f ".git/$file"
          case $kind in pipe) mkfifo ".git/$file" ;; device) ln -s /dev/zero ".git/$file" ;; endless) truncate -s 90G ".git/$file" ;; esac
          for command in status fsck log "add-intent workflows/still.json ink.safetensors $SERVER/$kind/ink.safetensors"; do
            timeout 60 comfy $command >out 2>err && code=0 || code=$?; test $code = 1 || test $code = 128 || test $command = status || exit 1
            [ $code = 0 ] || [ $command = status ] || says ".git/$file"; done
          rm -rf .git; mv kept .git; done; done
      """#),
    Row(
      "The repository: a copy of ComfyUI",
      #"""
      mkdir ui; cd ui; git init -q .; mkdir -p user/default; touch main.py folder_paths.py
      printf '[project]\nname = "ComfyUI"\n' >pyproject.toml
      cp -r ../workflows user/default/; cp ../pyproject.toml user/default/; ln -s "$outside" models
      git add -A; git commit -qm copy; unset COMFY_MODELS_DIR
      comfy init >out 2>err; says 'comfy init --models-dir DIR'
      mkdir -p real/loras; rm models; mv real models; mkdir "$outside/vae"; ln -s "$outside/vae" models/vae; git add -A -f; git commit -qm copy
      comfy init >out 2>err; cd user/default
      intend "$SERVER/ink.safetensors" vae/ink.safetensors; no comfy fetch-intents; says 'a link out of the models directory'
      test -z "$(ls -A "$outside/vae")"
      git -C ../.. rm -q --cached models/vae; comfy fetch-intents; test -f "$outside/vae/ink.safetensors"
      """#),
  ]

  private static let workflowRows = [
    Row(
      "The workflow and the manifest: targets",
      #"""
      intend "$SERVER/ink.safetensors" vae/ink.safetensors; comfy fetch-intents
      for path in ../ink.safetensors /ink.safetensors custom_nodes/x/__init__.py custom_nodes/x/ink.pt ink.pth \
        loras/.git/ink.pt .git/hooks/ink.pt loras/ink.py loras/CON.pt loras/a/../../ink.pt; do
        no intend "$SERVER/ink.safetensors" "$path"
        sed "s|@PATH@|$path|" >pyproject.toml <<'END'
      [tool.comfydock.workflows.still]
      path = "workflows/still.json"

      [[tool.comfydock.workflows.still.models]]
      filename = "ink.safetensors"
      category = "loras"
      criticality = "flexible"
      status = "unresolved"
      sources = ["@SERVER@/ink.safetensors"]
      relative_path = "@PATH@"
      nodes = [{node_id = "3", node_type = "LoraLoader", widget_idx = 0, widget_value = "ink.safetensors"}]
      END
        sed -i.b "s|@SERVER@|$SERVER|" pyproject.toml; rm pyproject.toml.b; no comfy fetch-intents; done
      test -z "$(find . "$HOME" -name '__init__.py' -o -name 'CON*' -o -name hooks -path '*models*')"
      """#),
    Row(
      "The workflow and the manifest: workflow files",
      #"""
      run comfy resolve --yes --no-fetch workflows/still.json
      mv workflows/still.json "$outside/"; cp "$outside/still.json" kept
      for path in "$outside/still.json" workflows/link.json; do
        ln -sf "$outside/still.json" workflows/link.json
        sed "s|^path = .*|path = \"$path\"|" pyproject.toml >new; mv new pyproject.toml
        run comfy status
        no comfy set-widget still base.safetensors other.safetensors; says "outside the project, at '$outside/still.json'"
        no comfy embed-models still; cmp kept "$outside/still.json"; done
      comfy set-widget "$outside/still.json" base.safetensors other.safetensors
      grep -q other.safetensors "$outside/still.json"
      """#),
    Row(
      "The workflow and the manifest: what is passed on",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; cp pyproject.toml kept; cp workflows/still.json kept.json
      embed() { sed "s|\"$SERVER/ink.safetensors\"|\"$1\"|" kept >pyproject.toml; cp kept.json workflows/still.json; comfy embed-models still; }
      sed 's|"models": \[{[^]]*\]|"models": []|g' kept.json >new; mv new kept.json
      for host in 10.0.0.5 127.1 0x7f.1 nas nas.local printer.corp a.home.arpa a.intranet '[fd00::1]'; do
        embed "http://$host/ink.safetensors"; if grep -q '/ink.safetensors"' workflows/still.json; then exit 1; fi; done
      embed 'https://user:word@example.com/ink.safetensors?token=secretsecretsecret\&a=1'
      grep -qF '"https://example.com/ink.safetensors?a=1"' workflows/still.json
      if grep -q 'secret\|word@' workflows/still.json; then exit 1; fi
      """#),
    Row(
      "The workflow and the manifest: private addresses",
      #"""
      unset COMFY_ALLOW_PRIVATE_HOSTS
      for host in 127.0.0.1 localhost 127.1 2130706433 0x7f.1 '[::ffff:127.0.0.1]' 169.254.169.254; do
        intend "http://$host:$PORT/ink.safetensors"; no comfy fetch-intents; says 'private address'; done
      comfy add-intent workflows/still.json ink.safetensors "$SERVER/ink.safetensors"
      comfy fetch-intents --allow-private-hosts
      """#),
    Row(
      "The workflow and the manifest: names on a terminal",
      #"""
      sed 's/ink/a\\u001b[2J\\u202e\\u200b\\u0085b/' workflows/still.json >workflows/odd.json
      for command in 'list-refs workflows/odd.json' status 'resolve --yes --offline workflows/odd.json' sync fsck; do
        run comfy $command; cat out err >both
        if LC_ALL=C grep -q "$(printf '\033\\|\342\200\256\\|\342\200\213\\|\302\205')" both; then cat -v both; exit 1; fi; done
      """#),
    Row(
      "The workflow and the manifest: names in CI",
      #"""
      sed 's/ink/::stop-commands::x##[add-mask]##vso[task.complete]##teamcity[x/' workflows/still.json >workflows/odd.json
      intend "$SERVER/missing.safetensors" >/dev/null; mv workflows/odd.json workflows/still.json
      for runner in GITHUB_ACTIONS=true TF_BUILD=True TEAMCITY_VERSION=1; do
        for command in 'list-refs still' 'list-refs --json still' 'list-refs --format %(name) still' status 'resolve --yes --offline still' fsck; do
          run env "$runner" comfy $command; cat out err >both
          if grep -E '^[[:space:]]*::(stop|x)|##[a-z]*\[' both; then exit 1; fi; done; done
      """#),
    Row(
      "The workflow and the manifest: names in a shell",
      #"""
      for name in '$(touch ran)' '`touch ran`' 'a; touch ran' '--allow-private-hosts' '-C'; do
        printf '[tool.comfydock.workflows.'"'%s'"']\npath = "workflows/still.json"\n' "$name" >pyproject.toml
        run comfy status --json; sed -n 's/.*"hint":"\(comfy [^"]*\)".*/\1/p' out err >hints; test -s hints
        while read -r hint; do sh -c "comfy() { :; }; $hint" || true; done <hints; test ! -e ran
        case $name in -*) grep -qF -- "-- '$name'" hints ;; esac; done
      """#),
  ]

  private static let serverRows = [
    Row(
      "The server: redirects",
      #"""
      unset COMFY_ALLOW_PRIVATE_HOSTS; export HF_ENDPOINT=$SERVER
      intend https://huggingface.co/a/b/resolve/main/ink.safetensors; comfy fetch-intents
      comfy drop-model still ink.safetensors; rm models/loras/ink.safetensors; comfy update-index
      intend https://huggingface.co/a/inner/resolve/main/ink.safetensors vae/ink.safetensors
      no comfy fetch-intents; says 'private address'; test ! -e models/vae/ink.safetensors
      """#),
    Row(
      "The server: sizes",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; rm models/loras/ink.safetensors
      sed "s|$SERVER/ink|$SERVER/long/ink|" pyproject.toml >new; mv new pyproject.toml
      no comfy sync; test -z "$(find . -size +1000k)"
      """#),
    Row(
      "The server: encodings",
      #"""
      intend "$SERVER/packed/ink.safetensors"; no comfy fetch-intents; says encoding
      test ! -e models/loras/ink.safetensors
      """#),
    Row(
      "The server: messages",
      #"""
      intend "$SERVER/messages/ink.safetensors"; export GITHUB_ACTIONS=true
      no comfy fetch-intents; cat out err >both
      if LC_ALL=C grep -q "$(printf '\033\\|##\\[')" both; then cat -v both; exit 1; fi
      """#),
  ]

  private static let storeRows = [
    Row(
      "The store: its name",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; mkdir "$HOME/store"
      git config comfy.store "file://$HOME/store"; no comfy push; says 'ignoring comfy.store'
      test -z "$(ls -A "$HOME/store")"
      for url in "file://$HOME/store" s3://models/ink.safetensors; do no intend "$url/ink.safetensors" vae/ink.safetensors; done
      git config --unset comfy.store; git config --global comfy.store "file://$HOME/store"; comfy push
      rm models/loras/ink.safetensors; sed "s|$SERVER|$SERVER/gone|" pyproject.toml >new; mv new pyproject.toml
      run comfy sync; test -f models/loras/ink.safetensors
      """#),
    Row(
      "The store: contents",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; mkdir "$HOME/store"; export COMFY_STORE="file://$HOME/store"
      comfy push; rm models/loras/ink.safetensors; sed "s|$SERVER/ink|$SERVER/gone|" pyproject.toml >new; mv new pyproject.toml
      find "$HOME/store" -type f -size +0 ! -name '*.json' | while read -r file; do chmod u+w "$file"; size=$(wc -c <"$file"); head -c "$size" /dev/zero >"$file"; done
      no comfy sync; test ! -e models/loras/ink.safetensors
      """#),
    Row(
      "The store: keys",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; rm models/loras/ink.safetensors
      export AWS_ACCESS_KEY_ID=KEY AWS_SECRET_ACCESS_KEY=secretsecretsecret
      sed "s|$SERVER/ink|http://localhost:$PORT/leak/ink|" pyproject.toml >new; mv new pyproject.toml
      COMFY_STORE="s3://moved/team?endpoint=$SERVER" run comfy sync; test ! -e models/loras/ink.safetensors
      if grep -rq secretsecret . "$HOME"; then exit 1; fi
      """#),
    Row(
      "The store: what is put there",
      #"""
      intend "$SERVER/ink.safetensors"; comfy fetch-intents; mkdir "$HOME/store"
      sed 's|/ink.safetensors"|/ink.safetensors?token=secretsecretsecret"|' pyproject.toml >new; mv new pyproject.toml
      COMFY_STORE="file://$HOME/store" comfy push; test -n "$(ls -A "$HOME/store")"
      if grep -rq secretsecret "$HOME"; then exit 1; fi
      """#),
  ]

  private static let folderRows = [
    Row(
      "The models directory: links",
      #"""
      mkdir -p "$HOME/all" "$HOME/big"; ln -s "$HOME/big" "$HOME/all/loras"
      intend "$SERVER/ink.safetensors"; comfy fetch-intents --models-dir "$HOME/all"
      test -f "$HOME/big/ink.safetensors"
      """#),
    Row(
      "The models directory: special files",
      #"""
      mkfifo models/loras/pipe.safetensors extra_model_paths.yaml list.json
      timeout 20 comfy hash-model models/loras/pipe.safetensors 2>err || test $? = 128
      timeout 20 comfy update-index 2>err || test $? = 128; says 'not a pipe'
      timeout 20 comfy match-nodes --node-map list.json still 2>err || test $? = 128; says list.json
      COMFY_LOADERS=$PWD/list.json timeout 20 comfy list-refs workflows/still.json 2>err || test $? = 128; says list.json
      rm extra_model_paths.yaml; timeout 20 comfy update-catalog list.json 2>err || test $? = 128; says list.json
      comfy update-index; comfy list-models >out; hides pipe.safetensors
      """#),
    Row(
      "The models directory: the model index",
      #"""
      echo 'a key' >key; cp key kept
      for command in status update-index list-models fsck; do no comfy $command --index key; cmp key kept; done
      """#),
    Row(
      "Other users: repositories",
      #"""
      [ "$(id -u)" = 0 ] || exit 0
      git config comfy.commit sometimes; chown -R 65534 .
      intend "$SERVER/ink.safetensors" 2>err; says safe.directory
      git config --global safe.directory "$PWD"; no intend "$SERVER/ink.safetensors"; says sometimes
      """#),
    Row(
      "Other users: extra_model_paths.yaml",
      #"""
      [ "$(id -u)" = 0 ] || exit 0
      mkdir -p "$HOME/all/models"; yaml=$HOME/all/extra_model_paths.yaml
      printf 'x:\n  is_default: true\n  loras: %s\n' "$outside" >"$yaml"; chown 65534 "$yaml"
      intend "$SERVER/ink.safetensors"; comfy fetch-intents --models-dir "$HOME/all/models" 2>err; says 'another user'
      test -f "$HOME/all/models/loras/ink.safetensors"; chown 65534 "$HOME/all/models"
      comfy update-index --models-dir "$HOME/all/models" 2>err; hides 'another user'
      """#),
    Row(
      "Other users: partial downloads",
      #"""
      intend "$SERVER/ink.safetensors"; mkdir "$HOME/private"; echo kept >"$HOME/private/bytes"
      ln -s "$HOME/private" models/loras/.ink.safetensors.comfy-part
      no comfy fetch-intents; says 'of your own'; test "$(cat "$HOME/private/bytes")" = kept
      rm models/loras/.ink.safetensors.comfy-part
      if [ "$(id -u)" = 0 ]; then
        mkdir models/loras/.ink.safetensors.comfy-part; chown 65534 models/loras/.ink.safetensors.comfy-part
        no comfy fetch-intents; says 'of your own'; rm -r models/loras/.ink.safetensors.comfy-part
      fi
      comfy fetch-intents
      """#),
  ]
}
