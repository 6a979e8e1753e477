import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What a machine or container says of keys that work at the bucket of the scene.
private func keys(_ secret: String = "SECRET") -> String {
  #"{"Code":"Success","AccessKeyId":"KEY","SecretAccessKey":"\#(secret)","Token":"SESSION"}"#
}

@Suite struct MachineKeysTests {
  private let scene: BucketScene

  init() throws {
    scene = try BucketScene(StrictBucket(token: "SESSION"))
    scene.variables = [:]
    scene.options.asksMachineForKeys = true
  }

  private func container(_ server: TestServer) -> [String: String] {
    [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/role"),
      "AWS_CONTAINER_AUTHORIZATION_TOKEN": "T",
      // Nobody serves there; only the bucket is reached without.
      "http_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1:\(scene.server.port)",
    ]
  }

  /// Gives keys to who shows the token.
  private func giver(_ give: @escaping @Sendable () -> String = { keys() }) throws -> TestServer {
    try #require(
      TestServer { request in
        request["Authorization"] == "T" && request.path == "/role"
          ? .text(200, give()) : .text(401, "")
      })
  }

  @Test func aContainerGivesKeys() throws {
    let server = try giver()
    defer { server.stop() }
    scene.variables = container(server)
    #expect(try scene.push(scene.file(10)).map(\.arrival) == [.uploaded])
  }

  @Test func aTokenComesFromItsFile() throws {
    let server = try giver()
    defer { server.stop() }
    scene.variables = container(server)
    writeFile(scene.root.appending("token"), Array("T\n".utf8))
    scene.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = nil
    scene.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = scene.root.appending("token").string
    #expect(try scene.push(scene.file(10)).map(\.arrival) == [.uploaded])
  }

  @Test func nobodyIsAskedUnlessTheUserAllowsIt() throws {
    let server = try giver()
    defer { server.stop() }
    scene.variables = container(server)
    scene.options.asksMachineForKeys = false
    let file = try scene.file(10)
    #expect(try scene.push(file).first?.error == .store(.noKeys(try scene.address.text)))
    #expect(server.requests.isEmpty)
  }

  @Test func otherKeysComeFirst() throws {
    let server = try giver()
    defer { server.stop() }
    scene.variables = container(server).merging([
      "AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "SESSION",
    ]) { $1 }
    #expect(try scene.push(scene.file(10)).map(\.arrival) == [.uploaded])
    #expect(server.requests.isEmpty)
  }

  @Test func aMachineGivesKeysWithinASession() throws {
    let roles = "/latest/meta-data/iam/security-credentials/"
    let server = try #require(
      TestServer { request in
        if request.method == "PUT", request.path == "/latest/api/token",
          request["X-aws-ec2-metadata-token-ttl-seconds"] != nil
        {
          return .text(200, "SESSION-OF-MACHINE")
        }
        guard request["X-aws-ec2-metadata-token"] == "SESSION-OF-MACHINE" else {
          return .text(401, "")
        }
        return switch request.path {
        case roles: .text(200, "models-role")
        case roles + "models-role": .text(200, keys())
        default: .text(404, "")
        }
      })
    defer { server.stop() }
    scene.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url("/")
    #expect(try scene.push(scene.file(10)).map(\.arrival) == [.uploaded])
    scene.variables["AWS_EC2_METADATA_DISABLED"] = "true"
    let file = try scene.file(10, named: "b.pt", seed: 2)
    #expect(try scene.push(file).first?.error == .store(.noKeys(try scene.address.text)))
  }

  @Test func freshKeysAreTakenWhenTheSessionEnds() throws {
    let asked = Mutex(0)
    let server = try giver {
      keys(
        asked.withLock { count in
          count += 1
          return count == 1 ? "SECRET" : "FRESH"
        })
    }
    defer { server.stop() }
    scene.variables = container(server)
    var trouble = StrictBucket.Trouble()
    trouble.lastsFor = 2
    trouble.nextSecret = "FRESH"
    scene.bucket.cause(trouble)
    #expect(try scene.push(scene.file(10)).map(\.arrival) == [.uploaded])
    #expect(asked.withLock { $0 } == 2)
  }

  @Test func aMachineThatGivesNothingIsNoFailure() throws {
    let server = try #require(TestServer { _ in .text(404, "not found") })
    defer { server.stop() }
    scene.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.url("")
    let file = try scene.file(10)
    #expect(try scene.push(file).first?.error == .store(.noKeys(try scene.address.text)))
  }

  @Test(arguments: [(nil, nil, false), ("true", nil, true), ("true", "true", false)])
  func aSettingAllowsItWhileTheNetworkMayBeUsed(
    allows: String?, offline: String?, asks: Bool
  ) throws {
    let sandbox = try GitSandbox()
    sandbox.environment.variables["COMFY_MACHINE_KEYS"] = allows
    sandbox.environment.variables["COMFY_OFFLINE"] = offline
    sandbox.environment.currentDirectory = sandbox.repository
    let settings = try FetchSettings(Project(environment: sandbox.environment))
    #expect(settings.options.asksMachineForKeys == asks)
  }
}
