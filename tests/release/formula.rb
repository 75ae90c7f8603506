# Follows a recipe for Homebrew where there is no Homebrew: `formula.rb RECIPE ARCHIVE FOLDER`. The words of its language that the
# recipe uses are here, and mean what they mean there; the archive has to have the sum that the recipe asks for.

require "digest"
require "fileutils"
require "open3"
require "pathname"

class Pathname
  def install(*what)
    mkpath
    what.flatten.each do |one|
      (one.is_a?(Hash) ? one : { one => File.basename(one) }).each { |from, to| FileUtils.cp(from, self / to) }
    end
  end
end

class Formula
  class << self
    attr_reader :said, :trial

    def desc(text) = (@said ||= {})[:desc] = text
    def version(text) = (@said ||= {})[:version] = text
    def license(text) = (@said ||= {})[:license] = text
    def url(text) = (@said ||= {})[:url] = text
    def sha256(text) = (@said ||= {})[:sha256] = text
    def depends_on(arch:) = arch == :x86_64 || raise("for another processor")
    def on_linux = yield
    def test(&trial) = @trial = trial
  end

  def initialize(prefix) = @prefix = Pathname.new(prefix)
  def bin = @prefix / "bin"
  def man1 = @prefix / "share/man/man1"
  def bash_completion = @prefix / "etc/bash_completion.d"
  def zsh_completion = @prefix / "share/zsh/site-functions"
  def fish_completion = @prefix / "share/fish/vendor_completions.d"

  def pipe_output(command, input)
    output, status = Open3.capture2(command, stdin_data: input)
    status.success? ? output : raise("#{command}: #{status}")
  end

  def assert_match(expected, found) = found.include?(expected) || raise("`#{expected}` is not in `#{found}`")
end

recipe, archive, folder = ARGV.map { |path| File.expand_path(path) }
load recipe
said = Outparse.said
raise "`#{archive}` is not what the recipe was made for" if Digest::SHA256.file(archive).hexdigest != said[:sha256]
raise "`#{said[:url]}` names another archive" if File.basename(said[:url]) != File.basename(archive)

system("tar", "-xzf", archive, "-C", folder, exception: true)
formula = Outparse.new(File.join(folder, "prefix"))
Dir.chdir(Dir[File.join(folder, "outparse-*")].first) { formula.install }
formula.instance_exec(&Outparse.trial)
puts said[:version]
