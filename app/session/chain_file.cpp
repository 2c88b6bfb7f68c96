#include "app/session/chain_file.h"

#include "app/session/capture_file.h"
#include "core/base/error.h"
#include "core/capture/chain_document.h"
#include "core/capture/chain_maps.h"
#include "widgets/context/map_navigation.h"
#include "widgets/context/sound_windows.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace heedmap {

namespace {

bool holdsSite(const std::vector<std::size_t>& sites, std::size_t site)
{
    return std::ranges::find(sites, site) != sites.end();
}

/// The group in whose list of heads a map is found; absent where it is in none.
std::optional<GroupChoice> groupOf(const Capture& capture, const MapChoice& map)
{
    for (GroupChoice& group : groupChoices(capture))
        if (group.isComposed() == map.isComposed() && holdsSite(group.sites, map.site) &&
            (!map.isComposed() || holdsSite(group.firstSites, map.first->site)) &&
            (!map.set || holdsSet(group, *map.set)))
            return std::move(group);
    return std::nullopt;
}

void goTo(Selection& selection, const Capture& capture, const MapChoice& map)
{
    const std::optional<GroupChoice> group = groupOf(capture, map);
    if (!group)
        return; // no list of heads has it: what is seen first is as good
    selection = selectionForGroup(capture, selection, *group);
    selection.map = map;
}

/// Whether a file is there and holds this capture.
bool holds(const QString& path, const Capture& capture)
{
    try {
        return isSameCapture(*Capture::open(path.toStdString()), capture);
    } catch (const Error&) {
        return false; // a file that cannot be read says nothing of the capture in hand, which can
    }
}

/// A file beside the chain that has the capture already, or is not there yet.
QString pathBeside(const QString& chain, const QString& name, const Capture& capture)
{
    const QFileInfo file(chain);
    QString path;
    for (int number = 1; path.isEmpty() || (QFileInfo::exists(path) && !holds(path, capture)); ++number)
        path = file.dir().filePath(
            number == 1 ? QStringLiteral("%1.%2.heed").arg(file.completeBaseName(), name)
                        : QStringLiteral("%1.%2.%3.heed").arg(file.completeBaseName(), name, QString::number(number)));
    return path;
}

/// Files that were begun and are not wanted unless all of them are there.
class WrittenFiles
{
public:
    ~WrittenFiles()
    {
        for (const QString& path : m_paths)
            QFile::remove(path);
    }
    void add(const QString& path) { m_paths << path; }
    QStringList keep() { return std::exchange(m_paths, {}); }

private:
    QStringList m_paths;
};

QString fileOf(const Capture& capture, const ChainEndFile& end, const QString& chain, WrittenFiles& written)
{
    for (const QString& known : end.known)
        if (holds(known, capture))
            return known;
    const QString path = pathBeside(chain, end.name, capture);
    if (!QFileInfo::exists(path)) {
        saveCaptureAs(capture, path.toStdString());
        written.add(path);
    }
    return path;
}

} // namespace

OpenedChain readChainFile(const QString& path)
{
    OpenedChain opened;
    const auto chain = std::make_shared<const Chain>(openChain(readChain(path.toStdString())));
    opened.chain = chain;
    opened.speech = chain->a().capture;
    opened.recording = embeddedRecording(*opened.speech, nullptr, opened.warning);
    opened.asked = contentsOf(chain->b().capture);
    goTo(opened.asked.selection, *opened.asked.capture, chain->b().map);
    if (!opened.asked.warning.isEmpty())
        opened.warning = opened.asked.warning;
    if (!hasSound(*opened.speech) || hasSound(*opened.asked.capture))
        opened.note =
            QObject::tr("The window shows chains that lead from sound to something else. Of this one it shows "
                        "where it leads; `heedmap chain` prints all of it.");
    return opened;
}

OpenedChain joinedWith(const std::shared_ptr<const Capture>& shown, const QString& path)
{
    const std::shared_ptr<const Capture> other = Capture::open(path.toStdString());
    if (hasSound(*shown) == hasSound(*other))
        throw Error(ErrorKind::InvalidRequest,
                    "{} cannot be joined with the shown capture here: a chain leads from sound to a question, and {}. "
                    "`heedmap chain` joins any two captures that share a text.",
                    other->path().filename().string(),
                    hasSound(*shown) ? "both are captures of sound" : "neither is a capture of sound");
    OpenedChain opened;
    opened.speech = hasSound(*shown) ? shown : other;
    opened.asked.capture = hasSound(*shown) ? other : shown;
    sharedText(textsThatSpeak(*opened.speech), textsThatLook(*opened.asked.capture)); // or the reason why not
    if (opened.asked.capture == other)
        opened.asked = contentsOf(other);
    opened.warning = opened.asked.warning;
    opened.recording = embeddedRecording(*opened.speech, nullptr, opened.warning);
    return opened;
}

SavedChain saveChainAs(const Chain& chain, const QString& path, const ChainEndFile& a, const ChainEndFile& b)
{
    WrittenFiles written;
    const QString fileOfA = fileOf(*chain.a().capture, a, path, written);
    const QString fileOfB = fileOf(*chain.b().capture, b, path, written);
    ChainDocument document = documentOf(chain);
    document.a.capture = fileOfA.toStdString();
    document.b.capture = fileOfB.toStdString();
    writeChain(document, path.toStdString());
    return {path, {fileOfA, fileOfB}, written.keep()};
}

} // namespace heedmap
